/** Generated scenes for the library: so many of a kind and seed. */
import { useState } from "react";

import { sceneKindNames, type SceneKind } from "../../../engine/protocol";
import { sceneKindTitles } from "../../../store/sceneNames";
import { maxFill } from "../../../store/spaceState";
import { Button } from "../../common/Button";
import { plural } from "../../common/count";
import { Field, FieldGroup } from "../../common/Field";
import { NumberField } from "../../common/NumberField";
import { SeedField } from "../../common/SeedField";
import { useActions, useApp } from "../../common/StoreContext";
import styles from "./Library.module.css";

/** No shipped model has seen scenes of this seed. */
const firstSeed = 7;

export function AddGenerated({ isBusy }: { isBusy: boolean }) {
  const actions = useActions();
  const modelKind = useApp((state) => state.series.kind); // follows the model in use
  const hasModel = useApp((state) => state.model.status === "ready");
  const [chosen, setKind] = useState<SceneKind | null>(null);
  const [count, setCount] = useState(24);
  const [seed, setSeed] = useState(firstSeed);
  const kind = chosen ?? modelKind;
  return (
    <div role="group" aria-label="Generated scenes" className={styles.row}>
      <Field name="Kind of scenes">
        <select
          value={kind}
          onChange={({ target }) =>
            setKind(sceneKindNames.find((name) => name === target.value) ?? null)
          }
        >
          {sceneKindNames.map((name) => (
            <option key={name} value={name}>
              {sceneKindTitles[name]}
            </option>
          ))}
        </select>
      </Field>
      <FieldGroup name={`How many (1 to ${maxFill})`}>
        <NumberField
          label="Number of scenes"
          value={count}
          min={1}
          max={maxFill}
          onChange={setCount}
          width="80px"
        />
      </FieldGroup>
      <FieldGroup name="Seed">
        <SeedField label="Seed of the scenes" value={seed} onChange={setSeed} />
      </FieldGroup>
      <Button
        disabled={isBusy || !hasModel}
        onClick={() => void actions.addGeneratedScenes({ kind, seed }, count)}
      >
        Add {plural(count, "generated scene")}
      </Button>
    </div>
  );
}
