/** One scene: its picture with masks, the picture drawn from its slots, and the slots between them. */
import { findScene } from "../../store/selectors";
import type { Scene, SceneId } from "../../store/state";
import { useApp } from "../common/StoreContext";
import { ImageSquare } from "./ImageSquare";
import { OutputSquare } from "./OutputSquare";
import styles from "./SceneCard.module.css";
import { SceneMenu } from "./SceneMenu";
import { ScoreChip } from "./ScoreChip";
import { SlotTray } from "./SlotTray";

function SceneHeader({ scene }: { scene: Scene }) {
  const { encoding, letter, title } = scene;
  return (
    <header className={styles.header}>
      <h3 id={`scene-${scene.id}`} className={styles.title}>
        <span className="visually-hidden">Scene </span>
        <span className={styles.letter}>{letter}</span>
        <span className={styles.name}>{title}</span>
      </h3>
      {encoding.status === "ready" && encoding.result.scores && (
        <ScoreChip scores={encoding.result.scores} letter={letter} />
      )}
      <SceneMenu scene={scene} />
    </header>
  );
}

export function SceneCard({ id }: { id: SceneId }) {
  const scene = useApp((state) => findScene(state.scenes, id));
  if (!scene) return null;
  return (
    <article
      className={styles.card}
      aria-labelledby={`scene-${id}`}
      data-testid={`scene-${scene.letter}`}
    >
      <SceneHeader scene={scene} />
      <div className={styles.pair}>
        <ImageSquare scene={scene} />
        <OutputSquare scene={scene} />
      </div>
      <SlotTray scene={scene} />
    </article>
  );
}
