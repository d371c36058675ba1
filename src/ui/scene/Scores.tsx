/** How well the masks agree with ground truth: the three numbers, and how they are measured. */
import { Info } from "lucide-react";

import type { Encoding } from "../../engine/protocol";
import { classNames } from "../common/classNames";
import { Popover } from "../common/Popover";
import styles from "./Scores.module.css";

export type SceneScores = NonNullable<Encoding["scores"]>;

const rows: readonly { key: keyof SceneScores; name: string }[] = [
  { key: "fgAri", name: "FG-ARI" },
  { key: "mIoU", name: "mIoU" },
  { key: "mBO", name: "mBO" },
];

/** By which protocol the numbers come about. */
export function ScoreNote() {
  return (
    <p className={styles.note}>
      Attention masks of the last Slot Attention round, argmax over slots at the model’s resolution,
      against ground truth. FG-ARI counts foreground pixels only; mIoU matches objects and
      background with slots one to one; mBO takes each object’s best slot. One picture, not an
      average.
    </p>
  );
}

/** The numbers in rows; a dash stands for one that is on its way, or that the picture does not have. */
export function ScoreRows({ scores }: { scores: SceneScores | null }) {
  return (
    <dl className={styles.rows}>
      {rows.map(({ key, name }) => (
        <div key={key}>
          <dt>{name}</dt>
          <dd>{scores && !Number.isNaN(scores[key]) ? scores[key].toFixed(2) : "–"}</dd>
        </div>
      ))}
    </dl>
  );
}

type ScoresProps = { scores: SceneScores | null; letter: string; className?: string | undefined };

/** @param scores - null while the masks are being found */
export function Scores({ scores, letter, className }: ScoresProps) {
  return (
    <div className={classNames(styles.scores, className)} data-testid={`scores-${letter}`}>
      <div className={styles.heading}>
        <span>Scores</span>
        <Popover
          label={`How the scores of scene ${letter} are measured`}
          className={styles.info}
          face={<Info size={14} aria-hidden="true" />}
        >
          <ScoreNote />
        </Popover>
      </div>
      <ScoreRows scores={scores} />
    </div>
  );
}
