/** How well the masks agree with ground truth, where it is known, and by which protocol. */
import type { Encoding } from "../../engine/protocol";
import { Popover } from "../common/Popover";
import styles from "./ScoreChip.module.css";

type Scores = NonNullable<Encoding["scores"]>;

const rows: readonly { key: keyof Scores; name: string }[] = [
  { key: "fgAri", name: "FG-ARI" },
  { key: "mIoU", name: "mIoU" },
  { key: "mBO", name: "mBO" },
];

export function ScoreChip({ scores, letter }: { scores: Scores; letter: string }) {
  return (
    <Popover
      label={`Scores of scene ${letter}`}
      className={styles.chip}
      face={
        <>
          FG-ARI <span className={styles.value}>{scores.fgAri.toFixed(2)}</span>
        </>
      }
    >
      <dl className={styles.scores}>
        {rows.map(({ key, name }) => (
          <div key={key}>
            <dt>{name}</dt>
            <dd>{scores[key].toFixed(3)}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.note}>
        Attention masks of the last Slot Attention round, argmax over slots at the model’s
        resolution, against ground truth. FG-ARI counts foreground pixels only. One picture, not an
        average.
      </p>
    </Popover>
  );
}
