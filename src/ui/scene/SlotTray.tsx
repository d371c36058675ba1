/** The slots that a scene is decoded from, in order, and the place to add one more. */
import { useDroppable } from "@dnd-kit/core";
import { Plus } from "lucide-react";
import { useId, useRef, useState, type KeyboardEvent } from "react";

import type { Scene } from "../../store/state";
import { classNames } from "../common/classNames";
import { useActions, useApp } from "../common/StoreContext";
import type { DropData } from "../composition/dropOutcome";
import { SlotChip } from "./SlotChip";
import { SlotPanel } from "./SlotPanel";
import styles from "./SlotTray.module.css";
import { TrayHeading } from "./TrayHeading";

/** The place that a key leads to; null for keys that lead nowhere. */
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

/** What keys on a chip do: arrows reach the others, with Alt they take the slot along; Delete takes it out. */
function useTrayKeys(scene: Scene, remove: (position: number) => void) {
  const actions = useActions();
  return (key: KeyboardEvent<HTMLElement>) => {
    const chip = key.target instanceof HTMLElement ? key.target.dataset["chip"] : undefined;
    if (chip === undefined || key.ctrlKey || key.metaKey) return;
    const position = Number(chip);
    const isRemoval = key.key === "Delete" || key.key === "Backspace";
    const next = nextPosition(key.key, position, scene.placed.length);
    if (!isRemoval && next === null) return;
    key.preventDefault(); // Alt and an arrow would leave the page
    if (isRemoval) return remove(position);
    if (next === null) return;
    if (key.altKey) actions.moveSlot(scene.id, position, next);
    focusChip(key.currentTarget, next);
  };
}

export function SlotTray({ scene }: { scene: Scene }) {
  const actions = useActions();
  const tray = useRef<HTMLUListElement>(null);
  const panelId = useId();
  const [active, setActive] = useState(0);
  const [openKey, setOpenKey] = useState<string | null>(null);
  const { placed, letter, id } = scene;
  const tabStop = Math.min(active, placed.length - 1);
  const open = placed.findIndex(({ key }) => key === openKey);

  const remove = (position: number) => {
    if (position === placed.length - 1) focusChip(tray.current, position - 1); // its own place goes
    actions.removeSlot(id, position);
  };
  const close = () => {
    focusChip(tray.current, open);
    setOpenKey(null);
  };
  const onKeyDown = useTrayKeys(scene, remove);

  return (
    <section
      className={styles.section}
      aria-label={`Slot tray of scene ${letter}`}
      data-tour="tray"
    >
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
            {...{ scene, slot, position, panelId }}
            isTabStop={position === tabStop}
            isOpen={position === open}
            onActive={() => setActive(position)}
            onRemove={() => remove(position)}
            onToggle={() => setOpenKey(position === open ? null : slot.key)}
          />
        ))}
        {scene.encoding.status === "ready" ? (
          <AddPlace scene={scene} />
        ) : (
          <li className={styles.gap} />
        )}
      </ul>
      {open >= 0 && <SlotPanel id={panelId} scene={scene} position={open} onClose={close} />}
    </section>
  );
}
