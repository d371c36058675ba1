/** The Train page: from pictures to a model of one's own, in four steps from top to bottom. */
import { LearnStep } from "./learn/LearnStep";
import { PicturesStep, type FitProps } from "./pictures/PicturesStep";
import { ResultStep } from "./result/ResultStep";
import { RunStep } from "./run/RunStep";
import styles from "./TrainPage.module.css";

export function TrainPage(props: FitProps) {
  return (
    <main className={styles.main} data-testid="train-page">
      <PicturesStep {...props} />
      <LearnStep />
      <RunStep />
      <ResultStep />
    </main>
  );
}
