/** Pictures on their way into the set, and what became of the last ones. */
import type { AddProgress } from "../../../engine/protocol/sets";
import { Button } from "../../common/Button";
import { ProgressBar } from "../../common/ProgressBar";
import { useActions, useApp } from "../../common/StoreContext";
import styles from "./Pictures.module.css";
import { addedText } from "./setTexts";

function amountOf({ done, total }: AddProgress): string {
  const read = done.toLocaleString("en");
  return total === null ? `${read} read` : `${read} of ${total.toLocaleString("en")}`;
}

function Adding({ progress }: { progress: AddProgress | null }) {
  const actions = useActions();
  const hasEnd = progress !== null && progress.total !== null && progress.total > 0;
  return (
    <div className={styles.adding}>
      <ProgressBar
        name="Adding pictures"
        fraction={hasEnd ? progress.done / (progress.total ?? 1) : null}
        {...(progress ? { amount: amountOf(progress) } : {})}
      />
      <Button onClick={() => actions.cancelAdding()}>Stop adding</Button>
    </div>
  );
}

export function AddingStatus() {
  const adding = useApp((state) => state.adding);
  switch (adding.status) {
    case "none":
      return null;
    case "running":
      return <Adding progress={adding.progress} />;
    case "failed":
      return (
        <p className={styles.failed} data-testid="adding-failed">
          {adding.message}
        </p>
      );
    case "done":
      return (
        <div role="status" data-testid="adding-done">
          <p>{addedText(adding.result)}</p>
          {adding.result.skipped !== "" && (
            <details className={styles.skipped}>
              <summary>Left out, and why</summary>
              <p tabIndex={0}>{adding.result.skipped}</p>
            </details>
          )}
        </div>
      );
  }
}
