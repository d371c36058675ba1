/** One line of fixed height about the model: how far it has loaded, or what it is. */
import type { LoadProgress, ModelInfo } from "../../engine/protocol";
import { Button } from "../common/Button";
import { formatBytes, formatBytesOf, formatCount } from "../common/format";
import { ProgressBar } from "../common/ProgressBar";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./ModelStatus.module.css";

const stageNames: Record<LoadProgress["stage"], string> = {
  download: "Downloading",
  read: "Reading",
};

function amountOf({ stage, done, total }: LoadProgress): string {
  if (stage === "read") return `${done} of ${total} tensors`;
  return total > 0 ? formatBytesOf(done, total) : formatBytes(done); // not every server says how much comes
}

function Loading({ title, progress }: { title: string; progress: LoadProgress | null }) {
  const actions = useActions();
  return (
    <div className={styles.loading}>
      <ProgressBar
        name={progress ? `${stageNames[progress.stage]} ${title}:` : `Loading ${title}`}
        fraction={progress && progress.total > 0 ? progress.done / progress.total : null}
        {...(progress ? { amount: amountOf(progress) } : {})}
      />
      <Button onClick={() => actions.cancelLoading()}>Cancel loading</Button>
    </div>
  );
}

function Facts({ info }: { info: ModelInfo }) {
  const facts = [
    `${info.resolution[1]} × ${info.resolution[0]} pixels`,
    `${info.numSlots} slots of ${info.slotSize}`,
    `${info.numIterations} attention rounds`,
    `${formatCount(info.parameterCount)} parameters`,
    `${formatBytes(info.weightBytes)}${info.fromCache ? " from this browser’s cache" : ""}`,
    `predicts ${info.predTarget}`,
  ];
  return (
    <ul className={styles.facts} aria-label="About the model" tabIndex={0}>
      {facts.map((fact) => (
        <li key={fact}>{fact}</li>
      ))}
      <li title={`SHA-256 of the weights: ${info.hash}`}>
        weights <code>{info.hash.slice(0, 8)}</code>
      </li>
    </ul>
  );
}

export function ModelStatus() {
  const model = useApp((state) => state.model);
  const device = useApp((state) => state.device);
  return (
    <div className={styles.line} data-testid="model-status" data-status={model.status}>
      {model.status === "loading" && <Loading title={model.title} progress={model.progress} />}
      {model.status === "ready" && <Facts info={model.info} />}
      {model.status === "failed" && (
        <p className={styles.failed}>
          {model.title} did not load: {model.message}
        </p>
      )}
      {model.status === "none" && <p>{noModel[device.status]}</p>}
    </div>
  );
}

const noModel = {
  starting: "Starting the engine…",
  ready: "No model is loaded. Choose one above, or load a checkpoint of your own.",
  failed: "No model can be loaded: the engine did not start.",
};
