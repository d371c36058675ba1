/** Sampler, steps and seed. */
import { samplerNames } from "../../engine/protocol";
import { maxSteps } from "../../store/limits";
import { Field, FieldGroup } from "../common/Field";
import { NumberField } from "../common/NumberField";
import { SeedField } from "../common/SeedField";
import { Segmented } from "../common/Segmented";
import { useActions, useApp } from "../common/StoreContext";
import { samplerTitles } from "../../store/titles";
import styles from "./Settings.module.css";

const presets = [4, 10, 20, 50].map((value) => ({ value, label: String(value) }));

/** The slider's reach; more steps can be typed. */
const maxSlider = 100;

function SamplerField() {
  const sampler = useApp((state) => state.settings.sampler);
  const actions = useActions();
  return (
    <Field name="Sampler">
      <select
        value={sampler}
        onChange={({ target }) => {
          const chosen = samplerNames.find((name) => name === target.value);
          if (chosen) actions.setSettings({ sampler: chosen });
        }}
      >
        {samplerNames.map((name) => (
          <option key={name} value={name}>
            {samplerTitles[name]}
            {name === "dpm-solver++" && " (official)"}
          </option>
        ))}
      </select>
    </Field>
  );
}

function StepsField() {
  const steps = useApp((state) => state.settings.steps);
  const actions = useActions();
  const setSteps = (value: number) => actions.setSettings({ steps: value });
  return (
    <FieldGroup name="Steps (network evaluations)">
      <Segmented name="Step presets" value={steps} options={presets} onChange={setSteps} />
      <input
        type="range"
        className={styles.slider}
        aria-label="Steps, slider"
        min={1}
        max={maxSlider}
        value={Math.min(steps, maxSlider)}
        onChange={({ target }) => setSteps(target.valueAsNumber)}
      />
      <NumberField
        label="Steps"
        value={steps}
        min={1}
        max={maxSteps}
        onChange={setSteps}
        width="68px"
      />
    </FieldGroup>
  );
}

function EtaField() {
  const eta = useApp((state) => state.settings.eta);
  const isDdim = useApp((state) => state.settings.sampler === "ddim");
  const actions = useActions();
  if (!isDdim) return null;
  return (
    <FieldGroup name="Eta (0: no noise)">
      <NumberField
        label="Eta"
        value={eta}
        min={0}
        max={1}
        step={0.1}
        onChange={(value) => actions.setSettings({ eta: value })}
      />
    </FieldGroup>
  );
}

export function Settings() {
  const seed = useApp((state) => state.settings.seed);
  const actions = useActions();
  return (
    <>
      <SamplerField />
      <StepsField />
      <EtaField />
      <FieldGroup name="Seed of the noise">
        <SeedField
          label="Seed"
          value={seed}
          onChange={(value) => actions.setSettings({ seed: value })}
        />
      </FieldGroup>
    </>
  );
}
