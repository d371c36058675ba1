/** The slots that a scene is decoded from, in order, and the place to add one more. */
import { useDroppable } from "@dnd-kit/core";
import { Plus, RotateCcw } from "lucide-react";
import { useRef, useState, type KeyboardEvent } from "react";

import type { Scene } from "../../store/state";
import { Button } from "../common/Button";
import { classNames } from "../common/classNames";
import { useActions, useApp } from "../common/StoreContext";
import type { DropData } from "../composition/dropOutcome";
import { SlotChip } from "./SlotChip";
import styles from "./SlotTray.module.css";

/** The chip that a key moves to; null for keys that move nowhere. */
function nextPosition(key: string, position: number, count: number): number | null {
  if (key === "ArrowRight") return Math.min(count - 1, position + 1);
  if (key === "ArrowLeft") return Math.max(0, position - 1);
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}

function focusChip(tray: HTMLElement | null, position: number): void {
  tray?.querySelector<HTMLElement>(`[data-chip="${position}"]`)?.focus();
}

function AddPlace({ scene }: { scene: Scene }) {
  const actions = useActions();
  const held = useApp((state) => state.held);
  const drop: DropData = { kind: "add", sceneId: scene.id };
  const { setNodeRef, isOver } = useDroppable({ id: `add ${scene.id}`, data: drop });
  return (
    <li ref={setNodeRef} data-testid={`add-${scene.letter}`}>
      <button
        type="button"
        className={classNames(styles.add, held && styles.isTarget, isOver && styles.isOver)}
        aria-disabled={held === null} // stays in the tab order, and keeps the focus after an add
        aria-label={`Add to scene ${scene.letter}`}
        onClick={() => {
          if (held) actions.addSlot(scene.id, held);
          else actions.notify("info", "Press a slot to take it in hand, then press Add.");
        }}
      >
        <Plus size={18} aria-hidden="true" />
        Add
      </button>
    </li>
  );
}

function TrayHeading({ scene }: { scene: Scene }) {
  const actions = useActions();
  const count = scene.placed.length;
  return (
    <div className={styles.heading}>
      <h4>Slots</h4>
      <p>
        {scene.encoding.status === "ready"
          ? `${count} in this scene. Press or drag one to move it.`
          : "They appear here when the picture has been taken apart."}
      </p>
      {!scene.isOwnOrder && scene.encoding.status === "ready" && (
        <Button
          tone="quiet"
          className={styles.reset}
          icon={<RotateCcw size={14} aria-hidden="true" />}
          aria-label={`Reset slots of scene ${scene.letter}`}
          onClick={() => actions.resetSlots(scene.id)}
        >
          Reset
        </Button>
      )}
    </div>
  );
}

export function SlotTray({ scene }: { scene: Scene }) {
  const actions = useActions();
  const tray = useRef<HTMLUListElement>(null);
  const [active, setActive] = useState(0);
  const { placed, letter, id } = scene;
  const tabStop = Math.min(active, placed.length - 1);

  const remove = (position: number) => {
    if (position === placed.length - 1) focusChip(tray.current, position - 1); // its own place goes
    actions.removeSlot(id, position);
  };
  const onKeyDown = (key: KeyboardEvent) => {
    const chip = key.target instanceof HTMLElement ? key.target.dataset["chip"] : undefined;
    if (chip === undefined) return;
    const position = Number(chip);
    const isRemoval = key.key === "Delete" || key.key === "Backspace";
    const next = nextPosition(key.key, position, placed.length);
    if (!isRemoval && next === null) return;
    key.preventDefault();
    if (isRemoval) remove(position);
    else if (next !== null) focusChip(tray.current, next);
  };

  return (
    <section className={styles.section} aria-label={`Slot tray of scene ${letter}`}>
      <TrayHeading scene={scene} />
      <ul
        ref={tray}
        className={styles.tray}
        aria-label={`Slots of scene ${letter}`}
        onKeyDown={onKeyDown}
      >
        {placed.map((slot, position) => (
          // Keyed by place: the focus stays where it is when the slot there is replaced.
          <SlotChip
            key={position}
            {...{ scene, slot, position }}
            isTabStop={position === tabStop}
            onActive={() => setActive(position)}
            onRemove={() => remove(position)}
          />
        ))}
        {scene.encoding.status === "ready" ? (
          <AddPlace scene={scene} />
        ) : (
          <li className={styles.gap} />
        )}
      </ul>
    </section>
  );
}
