/** Generated scenes for a set: so many of a kind, with their true masks. */
import { Shapes } from "lucide-react";
import { useState } from "react";

import { sceneKindNames, type SceneKind } from "../../../engine/protocol";
import { setLimits } from "../../../engine/protocol/sets";
import { sceneKindTitles } from "../../../store/sceneNames";
import { Button } from "../../common/Button";
import { Field, FieldGroup } from "../../common/Field";
import { NumberField } from "../../common/NumberField";
import { Popover } from "../../common/Popover";
import { SeedField } from "../../common/SeedField";
import { useActions, useApp } from "../../common/StoreContext";
import styles from "./Pictures.module.css";

function ScenesForm() {
  const [kind, setKind] = useState<SceneKind>("clevr");
  const [count, setCount] = useState(100);
  const [seed, setSeed] = useState(1);
  const isBusy = useApp((state) => state.adding.status === "running");
  const actions = useActions();
  const choose = (value: string) =>
    setKind(sceneKindNames.find((name) => name === value) ?? "clevr");
  return (
    <>
      <Field name="Kind of scenes">
        <select value={kind} onChange={({ target }) => choose(target.value)}>
          {sceneKindNames.map((name) => (
            <option key={name} value={name}>
              {sceneKindTitles[name]}
            </option>
          ))}
        </select>
      </Field>
      <FieldGroup name={`How many (1 to ${setLimits.most.toLocaleString("en")})`}>
        <NumberField
          label="Number of scenes"
          value={count}
          min={1}
          max={setLimits.most}
          onChange={setCount}
          width="96px"
        />
      </FieldGroup>
      <FieldGroup name="Seed">
        <SeedField label="Seed of generated scenes" value={seed} onChange={setSeed} />
      </FieldGroup>
      <p className={styles.note}>
        The same kind and seed are the same scenes everywhere. They come with true masks, so that
        FG-ARI and mIoU can be measured.
      </p>
      <Button
        tone="primary"
        data-closes
        disabled={isBusy}
        onClick={() => void actions.addScenesToSet({ kind, seed, index: 0 }, count)}
      >
        Add {count.toLocaleString("en")} scenes
      </Button>
    </>
  );
}

export function AddScenes() {
  return (
    <Popover
      label="Add generated scenes"
      align="start"
      className={styles.face}
      face={
        <>
          <Shapes size={16} aria-hidden="true" />
          Generated scenes…
        </>
      }
    >
      <ScenesForm />
    </Popover>
  );
}
