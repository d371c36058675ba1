/** One scene: its picture with masks, the truth where it is known, the picture drawn from its slots, and the slots. */
import { useEffect, useRef, useState } from "react";

import { findScene } from "../../store/selectors";
import type { Scene, SceneId } from "../../store/state";
import { classNames } from "../common/classNames";
import { useApp } from "../common/StoreContext";
import { ImageSquare } from "./ImageSquare";
import { OutputSquare } from "./OutputSquare";
import styles from "./SceneCard.module.css";
import { sceneColors } from "./sceneColors";
import { SceneMenu } from "./SceneMenu";
import { SceneTools } from "./SceneTools";
import { ScoreChip } from "./ScoreChip";
import { SlotTray } from "./SlotTray";
import { TruthPanel } from "./TruthPanel";
import { VariantsPanel } from "./VariantsPanel";

function SceneHeader({ scene, hasTruth }: { scene: Scene; hasTruth: boolean }) {
  const { encoding, letter, title } = scene;
  return (
    <header className={styles.header}>
      <h3 id={`scene-${scene.id}`} className={styles.title}>
        <span className="visually-hidden">Scene </span>
        <span className={styles.letter} style={sceneColors(letter)}>
          {letter}
        </span>
        <span className={styles.name}>{title}</span>
      </h3>
      {!hasTruth && encoding.status === "ready" && encoding.result.scores && (
        <ScoreChip scores={encoding.result.scores} letter={letter} />
      )}
      <SceneMenu scene={scene} />
    </header>
  );
}

/** Whether the truth is there, or comes with the picture. */
const isTruthKnown = ({ source, encoding, groundTruth }: Scene): boolean =>
  encoding.status !== "failed" &&
  (groundTruth !== null || source.kind === "sample" || source.kind === "generated");

/** Brings the card of the scene that was added last into view. */
function useNewestInView(id: SceneId) {
  const card = useRef<HTMLElement>(null);
  const isNewest = useApp((state) => state.newest === id);
  useEffect(() => {
    if (!isNewest) return;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    card.current?.scrollIntoView({ block: "nearest", behavior: isCalm ? "auto" : "smooth" });
  }, [isNewest]);
  return card;
}

export function SceneCard({ id }: { id: SceneId }) {
  const scene = useApp((state) => findScene(state.scenes, id));
  const isTruthShown = useApp((state) => state.overlay.hasTruth);
  const card = useNewestInView(id);
  const [isCompared, setCompared] = useState(false);
  const [hasVariants, setVariants] = useState(false);
  if (!scene) return null;
  const hasTruth = isTruthShown && isTruthKnown(scene);
  return (
    <article
      ref={card}
      className={styles.card}
      aria-labelledby={`scene-${id}`}
      data-testid={`scene-${scene.letter}`}
      data-scene={id}
    >
      <SceneHeader scene={scene} hasTruth={hasTruth} />
      <div className={classNames(styles.squares, hasTruth && styles.hasTruth)}>
        <ImageSquare scene={scene} />
        {hasTruth && <TruthPanel scene={scene} />}
        <OutputSquare scene={scene} isCompared={isCompared} />
      </div>
      <SceneTools
        scene={scene}
        {...{ isCompared, hasVariants }}
        onCompare={setCompared}
        onVariants={setVariants}
      />
      {hasVariants && <VariantsPanel scene={scene} />}
      <SlotTray scene={scene} />
    </article>
  );
}
