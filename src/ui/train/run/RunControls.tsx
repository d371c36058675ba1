/** Pause, one step, resume and delete of the run on show; what went wrong where it diverged. */
import { Pause, Play, StepForward, Trash2 } from "lucide-react";

import type { Run } from "../../../engine/protocol/training";
import { Button } from "../../common/Button";
import { ConfirmButton } from "../../common/ConfirmButton";
import { useActions, useApp } from "../../common/StoreContext";
import { selectIsTraining } from "../selectors";
import styles from "./Run.module.css";
import { divergedAdvice } from "./runTexts";

function Live({ isStopping }: { isStopping: boolean }) {
  const actions = useActions();
  return (
    <Button
      tone="primary"
      disabled={isStopping}
      icon={<Pause size={16} aria-hidden="true" />}
      onClick={() => actions.pauseRun()}
    >
      {isStopping ? "Pausing…" : "Pause"}
    </Button>
  );
}

function Waiting({ run }: { run: Run }) {
  const isTraining = useApp(selectIsTraining);
  const actions = useActions();
  const isOver = run.status === "finished";
  return (
    <>
      {!isOver && (
        <>
          <Button
            tone="primary"
            disabled={isTraining}
            icon={<Play size={16} aria-hidden="true" />}
            onClick={() => void actions.resumeRun(run.id)}
          >
            Resume
          </Button>
          <Button
            disabled={isTraining}
            icon={<StepForward size={16} aria-hidden="true" />}
            onClick={() => void actions.resumeRun(run.id, 1)}
          >
            One step
          </Button>
        </>
      )}
      <ConfirmButton
        icon={<Trash2 size={15} aria-hidden="true" />}
        question={`Delete ${run.name} and its model?`}
        onConfirm={() => void actions.deleteRun(run.id)}
      >
        Delete run
      </ConfirmButton>
      {isTraining && !isOver && <p className={styles.why}>Another run is training.</p>}
    </>
  );
}

export function RunControls({ run }: { run: Run }) {
  const status = useApp(({ training }) => (training?.runId === run.id ? training.status : null));
  return (
    <>
      {run.status === "diverged" && status === null && (
        <p className={styles.diverged} role="alert">
          {run.message} {divergedAdvice}
        </p>
      )}
      <div className={styles.controls}>
        {status !== null ? <Live isStopping={status === "stopping"} /> : <Waiting run={run} />}
      </div>
    </>
  );
}
