/** The plan's numbers, each with its range and unit. */
import type { ReactNode } from "react";

import type { RunStage } from "../../../engine/protocol/training";
import { Check, Field } from "../../common/Field";
import { NumberField } from "../../common/NumberField";
import { SeedField } from "../../common/SeedField";
import { useActions, useApp } from "../../common/StoreContext";
import { selectModel } from "../selectors";
import styles from "./Learn.module.css";
import { planRanges, rangeText, stagesOf, stageTitles } from "./plan";

/** Its controls name themselves. */
function Named({ name, hint, children }: { name: string; hint: string; children: ReactNode }) {
  return (
    <div className={styles.named}>
      <span className={styles.hint} aria-hidden="true">
        {name}
      </span>
      <div className={styles.controls}>{children}</div>
      <p className={styles.hint}>{hint}</p>
    </div>
  );
}

type NumberName = "lr" | "unetFactor" | "batch" | "lookEvery";

const numbers: readonly { name: NumberName; title: string; step: number; note?: string }[] = [
  { name: "lr", title: "Learning rate", step: 0.00001 },
  { name: "unetFactor", title: "U-Net’s rate, times that", step: 0.1 },
  { name: "batch", title: "Pictures a step", step: 1, note: "; more take more memory" },
  { name: "lookEvery", title: "Steps between looks", step: 1, note: "; a look takes time" },
];

function NumberOf({ name, title, step, note = "" }: (typeof numbers)[number]) {
  const value = useApp((state) => state.draft[name]);
  const actions = useActions();
  const { min, max } = planRanges[name];
  return (
    <Named name={title} hint={rangeText(planRanges[name]) + note}>
      <NumberField
        label={title}
        value={value}
        min={min}
        max={max}
        step={step}
        width="112px"
        onChange={(number) => actions.planRun({ [name]: number })}
      />
    </Named>
  );
}

function StepsOf({ stage }: { stage: RunStage }) {
  const steps = useApp((state) => state.draft.steps);
  const actions = useActions();
  const title = `Steps, ${stageTitles[stage]}`;
  return (
    <Named name={title} hint={rangeText(planRanges.steps)}>
      <NumberField
        label={title}
        value={steps[stage]}
        min={planRanges.steps.min}
        max={planRanges.steps.max}
        width="112px"
        onChange={(count) => actions.planRun({ steps: { ...steps, [stage]: count } })}
      />
    </Named>
  );
}

/** A model that learned each first slot keeps their number. */
function NumSlots() {
  const numSlots = useApp((state) => state.draft.numSlots);
  const parentId = useApp((state) => state.draft.parent.id);
  const isFromScratch = useApp((state) => state.draft.isFromScratch);
  const model = useApp(selectModel);
  const actions = useActions();
  const own = model?.id === parentId ? model.numSlots : null;
  if (own !== null && model?.initKind === "learned" && !isFromScratch)
    return (
      <Named name="Slots K" hint="this model learned each of its slots, so their number stays">
        <p className={styles.fixed}>{own}</p>
      </Named>
    );
  return (
    <Named
      name="Slots K"
      hint={`${rangeText(planRanges.numSlots)}; one more than you expect objects`}
    >
      <Check
        name={own === null ? "the model’s" : `the model’s ${own}`}
        isChecked={numSlots === null}
        onChange={(isOwn) => actions.planRun({ numSlots: isOwn ? null : (own ?? 7) })}
      />
      {numSlots !== null && (
        <NumberField
          label="Slots K"
          value={numSlots}
          min={planRanges.numSlots.min}
          max={planRanges.numSlots.max}
          onChange={(count) => actions.planRun({ numSlots: count })}
        />
      )}
    </Named>
  );
}

export function PlanFields() {
  const draft = useApp((state) => state.draft);
  const actions = useActions();
  return (
    <div className={styles.numbers}>
      <div className={styles.named}>
        <Field name="Name of the model">
          <input
            className={styles.text}
            value={draft.name}
            maxLength={80}
            onChange={({ target }) => actions.planRun({ name: target.value })}
          />
        </Field>
      </div>
      {stagesOf(draft).map((stage) => (
        <StepsOf key={stage} stage={stage} />
      ))}
      {numbers.map((number) => (
        <NumberOf key={number.name} {...number} />
      ))}
      <NumSlots />
      <Named name="Seed" hint="of batches, noise and first weights">
        <SeedField
          label="Seed of the run"
          value={draft.seed}
          onChange={(seed) => actions.planRun({ seed })}
        />
      </Named>
    </div>
  );
}
