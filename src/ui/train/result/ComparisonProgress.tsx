/** How far a comparison is, or why it failed. */
import { Button } from "../../common/Button";
import { ProgressBar } from "../../common/ProgressBar";
import { useActions, useApp } from "../../common/StoreContext";
import styles from "./Result.module.css";

export function ComparisonProgress({ isMine, message }: { isMine: boolean; message: string }) {
  const comparison = useApp((state) => state.comparison);
  const actions = useActions();
  if (!isMine || comparison.status !== "running")
    return message === "" ? null : <p className={styles.failed}>{message}</p>;
  const { progress } = comparison;
  return (
    <div className={styles.progress}>
      <ProgressBar
        name={progress ? `Evaluating ${progress.title}` : "Evaluating"}
        fraction={progress && progress.total > 0 ? progress.done / progress.total : null}
        {...(progress ? { amount: `${progress.done} of ${progress.total}` } : {})}
      />
      <Button onClick={() => actions.cancelComparison()}>Stop evaluating</Button>
    </div>
  );
}
