/** What is measured: a model, pictures, how many, how often, and which numbers. */
import { titleOf } from "../../store/choices";
import { measureLimits, whyNotMeasure } from "../../store/measurePlan";
import type { AppState } from "../../store/state";
import { ownChoices } from "../../store/trainSelectors";
import { Button } from "../common/Button";
import { Check, Field, FieldGroup } from "../common/Field";
import { NumberField } from "../common/NumberField";
import { SeedField } from "../common/SeedField";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./Measure.module.css";
import { modelKey, modelOptions, pictureOptions, picturesKey, type Option } from "./measureOptions";

const selectInUse = (state: AppState): string | null => state.inUse && titleOf(state, state.inUse);

type ChooserProps<Value> = {
  name: string;
  value: string;
  options: Option<Value>[];
  onChange: (value: Value) => void;
};

function Chooser<Value>({ name, value, options, onChange }: ChooserProps<Value>) {
  return (
    <Field name={name} className={styles.chooser}>
      <select
        value={value}
        onChange={({ target }) => {
          const option = options.find(({ key }) => key === target.value);
          if (option) onChange(option.value);
        }}
      >
        {options.map(({ key, title }) => (
          <option key={key} value={key}>
            {title}
          </option>
        ))}
      </select>
    </Field>
  );
}

function Numbers() {
  const { count, pictures, seeds } = useApp((state) => state.measurePlan);
  const { planMeasure } = useActions();
  return (
    <>
      {pictures.kind === "scenes" && (
        <FieldGroup name="Seed of the scenes">
          <SeedField
            label="Seed of the scenes"
            value={pictures.seed}
            onChange={(seed) => planMeasure({ pictures: { ...pictures, seed } })}
          />
        </FieldGroup>
      )}
      <FieldGroup name="Pictures (at most)">
        <NumberField
          label="Pictures to measure"
          value={count}
          {...measureLimits.count}
          onChange={(value) => planMeasure({ count: value })}
        />
      </FieldGroup>
      <FieldGroup name="Evaluation seeds">
        <NumberField
          label="Evaluation seeds"
          value={seeds}
          {...measureLimits.seeds}
          onChange={(value) => planMeasure({ seeds: value })}
        />
      </FieldGroup>
    </>
  );
}

function Parts() {
  const { isDrawn, isSwapped } = useApp((state) => state.measurePlan);
  const { planMeasure } = useActions();
  return (
    <FieldGroup name="What is measured">
      <div className={styles.parts}>
        <p className={styles.always}>Masks, always</p>
        <Check
          name="Pictures drawn from slots (slower)"
          isChecked={isDrawn}
          onChange={(value) => planMeasure({ isDrawn: value })}
        />
        <Check
          name="Pictures with a swapped slot (slowest)"
          isChecked={isSwapped}
          onChange={(value) => planMeasure({ isSwapped: value })}
        />
      </div>
    </FieldGroup>
  );
}

export function MeasureForm() {
  const plan = useApp((state) => state.measurePlan);
  const inUse = useApp(selectInUse);
  const choices = useApp((state) => state.choices);
  const own = useApp(ownChoices);
  const sets = useApp((state) => state.sets);
  const why = useApp(whyNotMeasure);
  const isRunning = useApp((state) => state.measurement.status === "running");
  const actions = useActions();
  const { pictures } = plan;
  return (
    <div className={styles.form}>
      <Chooser
        name="Model"
        value={modelKey(plan.model)}
        options={modelOptions(inUse, choices, own)}
        onChange={(model) => actions.planMeasure({ model })}
      />
      <Chooser
        name="Pictures"
        value={picturesKey(pictures)}
        options={pictureOptions(sets, pictures.kind === "scenes" ? pictures.seed : 1000)}
        onChange={(value) => actions.planMeasure({ pictures: value })}
      />
      <Numbers />
      <Parts />
      <Button
        tone="primary"
        disabled={isRunning || why !== null}
        onClick={() => void actions.measure()}
      >
        Measure
      </Button>
      {why !== null && <p className={styles.note}>{why}</p>}
    </div>
  );
}
