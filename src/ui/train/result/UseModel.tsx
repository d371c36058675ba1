/** Loads a trained model into the playground. */
import { ArrowRight } from "lucide-react";

import type { Run } from "../../../engine/protocol/training";
import { Button } from "../../common/Button";
import { formatBytes } from "../../common/format";
import { useActions, useApp } from "../../common/StoreContext";
import styles from "./Result.module.css";

export function UseModel({ run }: { run: Run }) {
  const isInUse = useApp(({ inUse }) => inUse?.kind === "run" && inUse.id === run.id);
  const actions = useActions();
  const use = () => {
    if (!isInUse) void actions.useRun(run.id);
    actions.setPage("play");
  };
  return (
    <div className={styles.row}>
      <Button tone="primary" icon={<ArrowRight size={16} aria-hidden="true" />} onClick={use}>
        Use in the playground
      </Button>
      <p className={styles.note}>
        <strong>{run.name}</strong>, {formatBytes(run.weightBytes)}
        {run.hash !== null && (
          <>
            , weights{" "}
            <code title={`SHA-256 of the weights: ${run.hash}`}>{run.hash.slice(0, 8)}</code>
          </>
        )}
        {isInUse
          ? "; it is the model in use."
          : "; it also stands in the list of models at the top."}
      </p>
    </div>
  );
}
