/** Begins the run that steps 1 and 2 describe, or says in words why it cannot yet. */
import { Play } from "lucide-react";
import { useId } from "react";

import { whyNotTrain } from "../../../store/trainSelectors";
import { Button } from "../../common/Button";
import { useActions, useApp } from "../../common/StoreContext";
import { planSummary } from "../learn/plan";
import { selectRun } from "../selectors";
import styles from "./Run.module.css";

export function StartRun() {
  const why = useApp(whyNotTrain);
  const name = useApp((state) => state.draft.name);
  const summary = useApp((state) => planSummary(state.draft));
  const hasOpenRun = useApp((state) => selectRun(state)?.status === "paused");
  const actions = useActions();
  const reason = useId();
  return (
    <div className={styles.start}>
      <Button
        tone={hasOpenRun ? "plain" : "primary"}
        disabled={why !== null}
        aria-describedby={reason}
        icon={<Play size={16} aria-hidden="true" />}
        onClick={() => void actions.startRun()}
      >
        Start training
      </Button>
      <p
        id={reason}
        className={why === null ? styles.plan : styles.why}
        data-testid="why-not-train"
      >
        {why ?? (
          <>
            <strong>{name}</strong>: {summary}
          </>
        )}
      </p>
    </div>
  );
}
