/** What is truly in the picture, beside what was found: the true masks, and how well the found ones agree with them. */
import { useState } from "react";

import type { Scene } from "../../store/state";
import { classNames } from "../common/classNames";
import { countIds } from "../common/truthLabels";
import { BitmapCanvas } from "./BitmapCanvas";
import { Scores } from "./Scores";
import squareStyles from "./Square.module.css";
import { matchesOf, TruthCanvas } from "./TruthCanvas";
import styles from "./TruthPanel.module.css";

/** What a true id is: an object by what is known of it ("blue sphere"), or the background. */
function nameOf({ objects }: Scene, id: number): string {
  if (id === 0) return "background";
  const object = objects.find((one) => one.id === id);
  return object ? `${object.color} ${object.shape}` : `object ${id}`;
}

/** "blue sphere: slot 3"; while nothing is pointed at, how many objects there are. */
function statusOf(scene: Scene, id: number | null): string {
  if (!scene.groundTruth) return "";
  const numObjects = countIds(scene.groundTruth) - 1;
  if (id === null) return numObjects === 1 ? "1 object" : `${numObjects} objects`;
  const slot = matchesOf(scene)?.[id];
  if (slot === undefined) return nameOf(scene, id);
  return `${nameOf(scene, id)}: ${slot < 0 ? "no slot" : `slot ${slot + 1}`}`;
}

/** "True masks of scene A: blue sphere, red cube". */
function labelOf(scene: Scene, ids: Uint8Array): string {
  const names = Array.from({ length: countIds(ids) - 1 }, (_, k) => nameOf(scene, k + 1));
  return `True masks of scene ${scene.letter}: ${names.join(", ")}`;
}

/** Of a scene whose truth is known, or will be once its picture is there. */
export function TruthPanel({ scene }: { scene: Scene }) {
  const [pointed, setPointed] = useState<number | null>(null);
  const { encoding, letter, groundTruth } = scene;
  return (
    <figure className={styles.panel}>
      <figcaption className={squareStyles.caption}>
        <strong>Truth</strong>
      </figcaption>
      <div className={classNames(squareStyles.square, styles.square)}>
        {"display" in encoding && <BitmapCanvas bitmap={encoding.display} />}
        {groundTruth ? (
          <TruthCanvas
            scene={scene}
            ids={groundTruth}
            label={labelOf(scene, groundTruth)}
            pointed={pointed}
            onPoint={setPointed}
          />
        ) : (
          <div className={squareStyles.skeleton} />
        )}
      </div>
      <p className={styles.status}>{statusOf(scene, pointed)}</p>
      <Scores
        letter={letter}
        scores={encoding.status === "ready" ? encoding.result.scores : null}
        className={styles.scores}
      />
    </figure>
  );
}
