/** What is in hand and what may be done with it; while something is dragged, the bin. */
import { useDndContext, useDroppable } from "@dnd-kit/core";
import { Hand, Trash2 } from "lucide-react";
import { useEffect } from "react";

import { composedName } from "../../store/lineage";
import { sentence } from "../../store/sceneNames";
import type { AppState } from "../../store/state";
import { Button } from "../common/Button";
import { classNames } from "../common/classNames";
import { useActions, useApp } from "../common/StoreContext";
import { binId, type DropData } from "./dropOutcome";
import styles from "./HandBar.module.css";

const selectHeldName = ({ held, scenes }: AppState) => held && sentence(composedName(scenes, held));

/** The bar of the slot in hand; Escape puts it back. */
export function HandBar() {
  const name = useApp(selectHeldName);
  const actions = useActions();
  const isHolding = name !== null;

  useEffect(() => {
    if (!isHolding) return;
    const release = (key: KeyboardEvent) => {
      if (key.key === "Escape") actions.hold(null);
    };
    window.addEventListener("keydown", release);
    return () => window.removeEventListener("keydown", release);
  }, [isHolding, actions]);

  if (!isHolding) return <Bin />;
  return (
    <div className={styles.bar} role="region" aria-label="Slot in hand">
      <Hand size={18} aria-hidden="true" />
      <p>
        <strong>{name} in hand</strong> — choose a slot to replace, or Add; Esc to put it back.
      </p>
      <Button onClick={() => actions.hold(null)}>Put back</Button>
    </div>
  );
}

const binData: DropData = { kind: "bin" };

/** A place to drop a slot out of its scene; only there while something is dragged. */
function Bin() {
  const { active } = useDndContext();
  const { setNodeRef, isOver } = useDroppable({ id: binId, data: binData });
  return (
    <div
      ref={setNodeRef}
      className={classNames(styles.bin, active && styles.isOpen, isOver && styles.isOver)}
      aria-hidden="true"
    >
      <Trash2 size={18} /> Drop here to remove the slot
    </div>
  );
}
