/** A checkpoint that came without a config: what it is, what was assumed, what it needs; loaded only after a yes. */
import { useState } from "react";

import type { RecognizedModel } from "../../engine/protocol/exchange";
import { Button } from "../common/Button";
import { Dialog } from "../common/Dialog";
import { FileButton } from "../common/FileButton";
import { formatBytes, formatCount } from "../common/format";
import { ProgressBar } from "../common/ProgressBar";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./InspectionDialog.module.css";

type MissingDino = NonNullable<RecognizedModel["missingDino"]>;

function Dino({ url, bytes, isRefused }: MissingDino & { isRefused: boolean }) {
  const actions = useActions();
  return (
    <section className={styles.dino}>
      <h3>Its DINO encoder is not in the file</h3>
      <p>
        The published weights are {formatBytes(bytes)} at{" "}
        <a href={url} rel="noreferrer" target="_blank">
          {url}
        </a>
        . Nothing is fetched unless you ask for it, and nothing of yours is sent.
      </p>
      <div className={styles.row}>
        <Button
          tone="primary"
          disabled={isRefused}
          onClick={() => void actions.loadInspected("fetch")}
        >
          Fetch {formatBytes(bytes)} and load
        </Button>
        <FileButton
          label="Weights of the DINO encoder"
          disabled={isRefused}
          onFiles={([file]) => file && void actions.loadInspected(file)}
        >
          Choose a file…
        </FileButton>
      </div>
    </section>
  );
}

function Recognized({ model, name }: { model: RecognizedModel; name: string }) {
  const actions = useActions();
  const { title, parameterCount, assumptions, missingDino, memory } = model;
  const isRefused = memory.refusal !== "";
  return (
    <div className={styles.body}>
      <p>
        <strong>{name}</strong> came without a config. By the names and shapes in it:
      </p>
      <p className={styles.title} data-testid="recognized">
        {title}
      </p>
      <dl className={styles.facts}>
        <dt>Parameters</dt>
        <dd>{formatCount(parameterCount)}</dd>
        <dt>Memory of the weights</dt>
        <dd>{formatBytes(memory.weightBytes)}</dd>
        <dt>Memory at most, estimated</dt>
        <dd>{formatBytes(memory.peakBytes)}</dd>
      </dl>
      {assumptions.length > 0 && (
        <>
          <p>Shapes do not tell everything. Assumed from the official configurations:</p>
          <ul className={styles.assumptions}>
            {assumptions.map((assumption) => (
              <li key={assumption}>{assumption}</li>
            ))}
          </ul>
        </>
      )}
      {isRefused && <p className={styles.refusal}>{memory.refusal}</p>}
      {missingDino && <Dino {...missingDino} isRefused={isRefused} />}
      <div className={styles.row}>
        {!missingDino && (
          <Button
            tone="primary"
            disabled={isRefused}
            onClick={() => void actions.loadInspected(null)}
          >
            Load this model
          </Button>
        )}
        <Button onClick={() => actions.dismissInspection()}>Do not load</Button>
      </div>
    </div>
  );
}

export function InspectionDialog() {
  const inspection = useApp((state) => state.inspection);
  const actions = useActions();
  const [wasAsked, setAsked] = useState(false); // a quick look at a file opens nothing; the fetch that follows a yes stays open
  const isOpen = inspection.status === "done" || (inspection.status === "running" && wasAsked);
  if (isOpen !== wasAsked) setAsked(isOpen);
  return (
    <Dialog
      title="Load this checkpoint?"
      isOpen={isOpen}
      onClose={() => isOpen && actions.dismissInspection()}
    >
      {inspection.status === "done" ? (
        <Recognized model={inspection.result} name={inspection.result.weights.name} />
      ) : (
        <div className={styles.body}>
          <ProgressBar name="Fetching the DINO encoder’s weights" fraction={null} />
          <Button onClick={() => actions.dismissInspection()}>Stop</Button>
        </div>
      )}
    </Dialog>
  );
}
