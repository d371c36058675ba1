/** A trained model beside another, its parent at first, on pictures that neither was trained on. */
import { useState } from "react";

import { sceneKindNames } from "../../../engine/protocol";
import type { EvaluationData, ModelRef, Run } from "../../../engine/protocol/training";
import { titleOf } from "../../../store/choices";
import { sceneKindTitles } from "../../../store/sceneNames";
import type { AppState } from "../../../store/state";
import { Button } from "../../common/Button";
import { Check, Field, FieldGroup } from "../../common/Field";
import { NumberField } from "../../common/NumberField";
import { useApp } from "../../common/StoreContext";
import { ComparisonProgress } from "./ComparisonProgress";
import { ComparisonTable } from "./ComparisonTable";
import styles from "./Result.module.css";
import { useComparison } from "./useComparison";

/** Generated scenes of a seed that no preset trains on. */
const scenesSeed = 1000;
const numScenes = 64;

type Option = { key: string; title: string; data: EvaluationData };

/** What may be measured on: held-out pictures of each set, and generated scenes. */
function optionsOf(sets: AppState["sets"], { plan }: Run): Option[] {
  const own = plan.data.kind === "set" ? plan.data.setId : "";
  const ofSets = sets
    .filter(({ pictures }) => pictures.some(({ isHeldOut }) => isHeldOut))
    .sort((a, b) => Number(b.id === own) - Number(a.id === own))
    .map(({ id, name }): Option => ({
      key: `set/${id}`,
      title: `Held-out pictures of ${name}`,
      data: { kind: "set", setId: id, part: "heldOut" },
    }));
  const ofScenes = sceneKindNames.map((scenes): Option => ({
    key: `scenes/${scenes}`,
    title: `${numScenes} generated scenes: ${sceneKindTitles[scenes].toLowerCase()}`,
    data: { kind: "scenes", scenes, seed: scenesSeed, count: numScenes },
  }));
  return plan.data.kind === "set" ? [...ofSets, ...ofScenes] : [...ofScenes.reverse(), ...ofSets];
}

export function Comparison({ run }: { run: Run }) {
  const sets = useApp((state) => state.sets);
  const parentTitle = useApp((state) => titleOf(state, run.plan.parent));
  const options = optionsOf(sets, run);
  const [key, setKey] = useState("");
  const [seeds, setSeeds] = useState(1); // with one, the standard error is over pictures
  const [isDrawn, setDrawn] = useState(true);
  const { table, message, isMine, isBusy, ask } = useComparison();
  const option = options.find((one) => one.key === key) ?? options[0];
  const models: ModelRef[] = [run.plan.parent, { kind: "run", id: run.id }];
  return (
    <>
      <div className={styles.row}>
        <Field name="Pictures to measure on">
          <select value={option?.key ?? ""} onChange={({ target }) => setKey(target.value)}>
            {options.map(({ key: value, title }) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
        </Field>
        <FieldGroup name="Seeds (1 to 10)">
          <NumberField label="Seeds" value={seeds} min={1} max={10} onChange={setSeeds} />
        </FieldGroup>
        <Check
          name="Draw pictures from slots too (slower)"
          isChecked={isDrawn}
          onChange={setDrawn}
        />
        <Button
          disabled={isBusy || !option}
          onClick={() => option && ask(models, option.data, seeds, isDrawn)}
        >
          Compare with {parentTitle}
        </Button>
      </div>
      <ComparisonProgress isMine={isMine} message={message} />
      {table && <ComparisonTable table={table} label={`Comparison of ${run.name}`} />}
    </>
  );
}
