/** What else can be done with one placed slot: its place, a copy, and the way to another slot. */
import { ArrowLeft, ArrowRight, Copy, X } from "lucide-react";

import { composedNameIn } from "../../store/lineage";
import { sentence } from "../../store/sceneNames";
import type { Scene } from "../../store/state";
import { Button, IconButton } from "../common/Button";
import { useActions, useApp } from "../common/StoreContext";
import { BlendFields } from "./BlendFields";
import styles from "./SlotPanel.module.css";

type SlotPanelProps = { id: string; scene: Scene; position: number; onClose: () => void };

function PlaceButtons({ scene, position }: Omit<SlotPanelProps, "id" | "onClose">) {
  const actions = useActions();
  const { id, placed } = scene;
  const isLast = position === placed.length - 1;
  return (
    <div className={styles.buttons}>
      <Button
        icon={<ArrowLeft size={15} aria-hidden="true" />}
        aria-disabled={position === 0} // keeps the focus at the end of the way
        onClick={() => actions.moveSlot(id, position, position - 1)}
      >
        Move earlier
      </Button>
      <Button
        icon={<ArrowRight size={15} aria-hidden="true" />}
        aria-disabled={isLast}
        onClick={() => actions.moveSlot(id, position, position + 1)}
      >
        Move later
      </Button>
      <Button
        icon={<Copy size={15} aria-hidden="true" />}
        onClick={() => actions.duplicateSlot(id, position)}
      >
        Duplicate
      </Button>
    </div>
  );
}

export function SlotPanel({ id, scene, position, onClose }: SlotPanelProps) {
  const slot = scene.placed[position];
  const name = useApp(({ scenes }) => (slot ? composedNameIn(scenes, scene, slot) : ""));
  if (!slot) return null;
  return (
    <div
      id={id}
      role="group"
      aria-label={`More for ${name}`}
      className={styles.panel}
      onKeyDown={(key) => {
        if (key.key !== "Escape") return;
        key.stopPropagation();
        onClose();
      }}
    >
      <div className={styles.heading}>
        <p data-testid={`lineage-${scene.letter}`}>
          <strong>{sentence(name)}</strong>
        </p>
        <IconButton label="Close" onClick={onClose}>
          <X size={16} aria-hidden="true" />
        </IconButton>
      </div>
      <PlaceButtons scene={scene} position={position} />
      {!slot.file && <BlendFields scene={scene} slot={slot} position={position} />}
    </div>
  );
}
