/** A placed slot: press it to take it in hand, or to put the slot in hand in its place; drag it; remove it. */
import { useDraggable, useDroppable } from "@dnd-kit/core";
import { Eye, X } from "lucide-react";
import type { CSSProperties } from "react";

import { placedName, sentence } from "../../store/sceneNames";
import { findScene } from "../../store/selectors";
import type { AppState, PlacedSlot, Scene } from "../../store/state";
import { IconButton } from "../common/Button";
import { classNames } from "../common/classNames";
import { isSameSlot } from "../common/sameSlot";
import { slotColor, slotInk } from "../common/slotColors";
import { useActions, useApp } from "../common/StoreContext";
import type { DragData, DropData } from "../composition/dropOutcome";
import styles from "./SlotChip.module.css";
import { SlotCrop } from "./SlotCrop";

type SlotChipProps = {
  scene: Scene;
  slot: PlacedSlot;
  position: number;
  /** Whether Tab stops here; the arrow keys reach the others. */
  isTabStop: boolean;
  onActive: () => void;
  onRemove: () => void;
};

/** Draggable and a place to drop at once. */
function useChipDrag(scene: Scene, slot: PlacedSlot, position: number) {
  const place = { sceneId: scene.id, position };
  const id = `chip ${scene.id} ${position}`;
  const drag: DragData = { slot: { sceneId: slot.sceneId, index: slot.index }, from: place };
  const drop: DropData = { kind: "chip", ...place };
  const { setNodeRef: setDragRef, listeners, isDragging } = useDraggable({ id, data: drag });
  const { setNodeRef: setDropRef, isOver } = useDroppable({ id, data: drop });
  return { setDragRef, setDropRef, listeners, isDragging, isOver: isOver && !isDragging };
}

const nameOf = (scene: Scene, slot: PlacedSlot) => (state: AppState) =>
  placedName(state.scenes, scene, slot);

/** "Slot 3 of scene B", or what pressing it does while a slot is in hand. */
function chipLabel(name: string, isHolding: boolean, isHeld: boolean): string {
  if (isHeld) return `Put back ${name}`;
  return isHolding ? `Replace ${name}` : sentence(name);
}

function ChipFace({ scene, slot }: { scene: Scene; slot: PlacedSlot }) {
  const origin = useApp((state) => findScene(state.scenes, slot.sceneId)?.letter);
  return (
    <>
      <SlotCrop slot={slot} />
      <span className={styles.badge}>
        {slot.sceneId !== scene.id && origin}
        {slot.index + 1}
      </span>
    </>
  );
}

export function SlotChip(props: SlotChipProps) {
  const { scene, slot, position, isTabStop, onActive, onRemove } = props;
  const actions = useActions();
  const name = useApp(nameOf(scene, slot));
  const held = useApp((state) => state.held);
  const isHeld = isSameSlot(held, slot);
  const isLit = useApp((state) => isSameSlot(state.hovered, slot));
  const isSolo = useApp((state) => isSameSlot(state.solo, slot));
  const { setDragRef, setDropRef, listeners, isDragging, isOver } = useChipDrag(
    scene,
    slot,
    position,
  );
  const ref = { sceneId: slot.sceneId, index: slot.index };
  const hover = () => actions.setHovered(ref);
  const leave = () => actions.setHovered(null);
  const press = () => {
    if (held === null) actions.hold(ref);
    else if (isHeld) actions.hold(null);
    else actions.replaceSlot(scene.id, position, held);
  };
  const colors = { "--slot": slotColor(slot.index), "--slot-ink": slotInk(slot.index) };
  return (
    <li
      ref={setDropRef}
      className={classNames(
        styles.chip,
        isLit && styles.isLit,
        isHeld && styles.isHeld,
        held !== null && !isHeld && styles.isTarget,
        isOver && styles.isOver,
        isDragging && styles.isDragging,
      )}
      style={colors as CSSProperties} // custom properties are not in React's type
      data-testid={`chip-${scene.letter}-${position}`}
      onPointerEnter={hover}
      onPointerLeave={leave}
      onFocus={() => {
        onActive();
        hover();
      }}
      onBlur={leave}
    >
      <button
        type="button"
        ref={setDragRef}
        {...listeners}
        className={styles.face}
        aria-label={chipLabel(name, held !== null, isHeld)}
        data-chip={position}
        tabIndex={isTabStop ? 0 : -1}
        onClick={press}
      >
        <ChipFace scene={scene} slot={slot} />
      </button>
      <div className={styles.tools}>
        <IconButton
          label={`Show only ${name}`}
          aria-pressed={isSolo}
          tabIndex={isTabStop ? 0 : -1}
          onClick={() => actions.toggleSolo(ref)}
        >
          <Eye size={15} aria-hidden="true" />
        </IconButton>
        <IconButton label={`Remove ${name}`} tabIndex={isTabStop ? 0 : -1} onClick={onRemove}>
          <X size={15} aria-hidden="true" />
        </IconButton>
      </div>
    </li>
  );
}
