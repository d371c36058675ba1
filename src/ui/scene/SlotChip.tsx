/** A placed slot: press it to take it in hand, or to put the slot in hand in its place; drag it; open it; remove it. */
import { useDraggable, useDroppable } from "@dnd-kit/core";
import { Ellipsis, Eye, X } from "lucide-react";
import type { CSSProperties } from "react";

import { composedNameIn } from "../../store/lineage";
import { slotKey, unplaced } from "../../store/placement";
import { sentence } from "../../store/sceneNames";
import type { AppState, PlacedSlot, Scene } from "../../store/state";
import { IconButton } from "../common/Button";
import { classNames } from "../common/classNames";
import { isSameSlot } from "../common/sameSlot";
import { slotColor, slotInk } from "../common/slotColors";
import { useActions, useApp } from "../common/StoreContext";
import type { DragData, DropData } from "../composition/dropOutcome";
import { ChipFace } from "./ChipFace";
import styles from "./SlotChip.module.css";

type SlotChipProps = {
  scene: Scene;
  slot: PlacedSlot;
  position: number;
  /** Whether Tab stops here; the arrow keys reach the others. */
  isTabStop: boolean;
  /** Whether its actions are on show. */
  isOpen: boolean;
  /** Id of the panel that holds them. */
  panelId: string;
  onActive: () => void;
  onRemove: () => void;
  onToggle: () => void;
};

/** Draggable and a place to drop at once. */
function useChipDrag(scene: Scene, slot: PlacedSlot, position: number) {
  const place = { sceneId: scene.id, position };
  const id = `chip ${scene.id} ${position}`;
  const drag: DragData = { slot: unplaced(slot), from: place };
  const drop: DropData = { kind: "chip", ...place };
  const { setNodeRef: setDragRef, listeners, isDragging } = useDraggable({ id, data: drag });
  const { setNodeRef: setDropRef, isOver } = useDroppable({ id, data: drop });
  return { setDragRef, setDropRef, listeners, isDragging, isOver: isOver && !isDragging };
}

const nameOf = (scene: Scene, slot: PlacedSlot) => (state: AppState) =>
  composedNameIn(state.scenes, scene, slot);

/** "Slot 3 of scene B", or what pressing it does while a slot is in hand. */
function chipLabel(name: string, isHolding: boolean, isHeld: boolean): string {
  if (isHeld) return `Put back ${name}`;
  return isHolding ? `Replace ${name}` : sentence(name);
}

/** Show only, more, remove. */
function ChipTools({ slot, name, ...props }: SlotChipProps & { name: string }) {
  const actions = useActions();
  const isSolo = useApp((state) => isSameSlot(state.solo, slot));
  const { sceneId, index } = slot;
  const tabIndex = props.isTabStop ? 0 : -1;
  return (
    <div className={styles.tools}>
      <IconButton
        label={`Show only ${name}`}
        aria-pressed={isSolo}
        disabled={slot.file !== undefined} // its picture is not on the page
        tabIndex={tabIndex}
        onClick={() => actions.toggleSolo({ sceneId, index })}
      >
        <Eye size={15} aria-hidden="true" />
      </IconButton>
      <IconButton
        label={`More for ${name}`}
        aria-expanded={props.isOpen}
        aria-controls={props.panelId}
        tabIndex={tabIndex}
        onClick={props.onToggle}
      >
        <Ellipsis size={15} aria-hidden="true" />
      </IconButton>
      <IconButton label={`Remove ${name}`} tabIndex={tabIndex} onClick={props.onRemove}>
        <X size={15} aria-hidden="true" />
      </IconButton>
    </div>
  );
}

export function SlotChip(props: SlotChipProps) {
  const { scene, slot, position, isTabStop, isOpen, onActive } = props;
  const actions = useActions();
  const name = useApp(nameOf(scene, slot));
  const held = useApp((state) => state.held);
  const isHeld = held !== null && slotKey(held) === slotKey(slot);
  const isLit = useApp((state) => isSameSlot(state.hovered, slot));
  const { setDragRef, setDropRef, listeners, isDragging, isOver } = useChipDrag(
    scene,
    slot,
    position,
  );
  const hover = () => actions.setHovered({ sceneId: slot.sceneId, index: slot.index });
  const leave = () => actions.setHovered(null);
  const press = () => {
    if (held === null) actions.hold(slot);
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
        isOpen && styles.isOpen,
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
        aria-keyshortcuts="Alt+ArrowLeft Alt+ArrowRight Delete"
        data-chip={position}
        tabIndex={isTabStop ? 0 : -1}
        onClick={press}
      >
        <ChipFace slot={slot} />
      </button>
      <ChipTools {...props} name={name} />
    </li>
  );
}
