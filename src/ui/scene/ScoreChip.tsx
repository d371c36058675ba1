/** The score in a word, for cards that do not show the truth. */
import { Popover } from "../common/Popover";
import styles from "./ScoreChip.module.css";
import { ScoreNote, ScoreRows, type SceneScores } from "./Scores";

export function ScoreChip({ scores, letter }: { scores: SceneScores; letter: string }) {
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
      <ScoreRows scores={scores} />
      <ScoreNote />
    </Popover>
  );
}
