/** A walk through the question of the paper's transfer experiments, in four steps that drive the page's own actions. */
import { useState, type ReactNode } from "react";

import type { EvaluationData, ModelRef, Run } from "../../../engine/protocol/training";
import { isSameModel } from "../../../store/choices";
import type { AppState, ModelChoice } from "../../../store/state";
import { whyNotTrain } from "../../../store/trainSelectors";
import { Button } from "../../common/Button";
import { Check } from "../../common/Field";
import { NumberField } from "../../common/NumberField";
import { useActions, useApp } from "../../common/StoreContext";
import { ComparisonProgress } from "./ComparisonProgress";
import { ComparisonTable } from "./ComparisonTable";
import styles from "./Result.module.css";
import { useComparison } from "./useComparison";

/** The scenes that both evaluations measure on; another seed than those that are trained on. */
const measured: EvaluationData = { kind: "scenes", scenes: "textured", seed: 2000, count: 48 };
const trainingSeed = 1;
const presetId = "colours";

/** The model that learned plain solids. */
const selectClevr = ({ choices }: AppState): ModelChoice | null =>
  choices.find(({ scenes }) => scenes === "clevr") ?? null;

/** The newest model trained here that began as `parent` on a set. */
const selectTuned =
  (parent: ModelRef) =>
  (state: AppState): Run | null =>
    state.runs.findLast(
      ({ plan, weightBytes }) =>
        weightBytes > 0 &&
        !plan.isFromScratch &&
        plan.data.kind === "set" &&
        isSameModel(plan.parent, parent),
    ) ?? null;

function Stage({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <li className={styles.stage}>
      <h4>{title}</h4>
      <p>{text}</p>
      <div className={styles.row}>{children}</div>
    </li>
  );
}

function AddTextured() {
  const [count, setCount] = useState(200);
  const isBusy = useApp((state) => state.adding.status === "running");
  const actions = useActions();
  const add = () => {
    actions.chooseSet(null); // a set of its own
    void actions.addScenesToSet({ kind: "textured", seed: trainingSeed, index: 0 }, count);
  };
  return (
    <Stage
      title="Pictures of the other kind"
      text="Textured scenes into a new set, 25 to 5,000; more of them teach more."
    >
      <NumberField label="Textured scenes" value={count} min={25} max={5000} onChange={setCount} />
      <Button disabled={isBusy} onClick={add}>
        Add textured scenes
      </Button>
    </Stage>
  );
}

function FineTune({ parent }: { parent: ModelRef }) {
  const why = useApp(whyNotTrain);
  const isPlanned = useApp(
    ({ draft }) =>
      isSameModel(draft.parent, parent) && draft.learn === "attention" && !draft.isFromScratch,
  );
  const actions = useActions();
  const plan = () => {
    actions.usePreset(presetId);
    actions.planRun({ parent });
  };
  return (
    <Stage
      title="Fine-tune"
      text="Slots and cross-attention learn; the rest of the U-Net and the VQ-VAE keep what they know."
    >
      <Button aria-pressed={isPlanned} onClick={plan}>
        Choose the preset
      </Button>
      <Button
        tone="primary"
        disabled={!isPlanned || why !== null}
        onClick={() => void actions.startRun()}
      >
        Start training
      </Button>
      {isPlanned && why !== null && <p className={styles.note}>{why}</p>}
    </Stage>
  );
}

export function CrossDataset() {
  const clevr = useApp(selectClevr);
  const parent: ModelRef = { kind: "bundled", id: clevr?.id ?? "" };
  const tuned = useApp(selectTuned(parent));
  const [isDrawn, setDrawn] = useState(false);
  const { table, message, isMine, isBusy, ask } = useComparison();
  if (!clevr) return null;
  const measure = (models: ModelRef[]) => ask(models, measured, 1, isDrawn);
  return (
    <section className={styles.walk} aria-labelledby="walk-heading" data-testid="cross-dataset">
      <h3 id="walk-heading">From clevr to textured: what transfers?</h3>
      <p>
        A model that has only seen plain solids meets textures. Does what it learned about objects
        carry over, and how few new pictures does it take to bring it back?
      </p>
      <ol className={styles.stages}>
        <Stage
          title="Measure"
          text={`${clevr.title} on textured scenes that nothing is trained on.`}
        >
          <Button disabled={isBusy} onClick={() => measure([parent])}>
            Evaluate before
          </Button>
          <Check
            name="Draw pictures from slots too (slower)"
            isChecked={isDrawn}
            onChange={setDrawn}
          />
        </Stage>
        <AddTextured />
        <FineTune parent={parent} />
        <Stage
          title="Measure again"
          text={
            tuned
              ? `${clevr.title} and ${tuned.name} on the same scenes.`
              : "Once the run has a model."
          }
        >
          <Button
            disabled={isBusy || tuned === null}
            onClick={() => tuned && measure([parent, { kind: "run", id: tuned.id }])}
          >
            Evaluate after
          </Button>
        </Stage>
      </ol>
      <ComparisonProgress isMine={isMine} message={message} />
      {table && <ComparisonTable table={table} label="What transfers" />}
    </section>
  );
}
