/** What a run starts from, and which pictures it is given. */
import type { ModelRef, RunData } from "../../../engine/protocol/training";
import { planLimits } from "../../../store/draft";
import type { AppState } from "../../../store/state";
import { Field, FieldGroup } from "../../common/Field";
import { NumberField } from "../../common/NumberField";
import { SeedField } from "../../common/SeedField";
import { Segmented } from "../../common/Segmented";
import { useActions, useApp } from "../../common/StoreContext";
import { selectSet } from "../selectors";
import styles from "./Learn.module.css";
import { fromNothing, fromWeights } from "./plan";

const refKinds = ["bundled", "run", "opened"] as const;
const keyOf = ({ kind, id }: ModelRef): string => `${kind}/${id}`;

function refOf(key: string): ModelRef {
  const at = key.indexOf("/");
  const kind = refKinds.find((one) => one === key.slice(0, at)) ?? "bundled";
  return { kind, id: key.slice(at + 1) };
}

const starts = [
  { value: "weights", label: "Its weights" },
  { value: "nothing", label: "Nothing: its shape alone" },
] as const;

/** The loaded model, where it came from a file. */
const selectOpened = ({ inUse, model }: AppState) =>
  inUse?.kind === "opened" && model.status === "ready" ? model.info : null;

function Parent() {
  const parent = useApp((state) => state.draft.parent);
  const isFromScratch = useApp((state) => state.draft.isFromScratch);
  const steps = useApp((state) => state.draft.steps);
  const choices = useApp((state) => state.choices);
  const runs = useApp((state) => state.runs);
  const opened = useApp(selectOpened);
  const actions = useActions();
  return (
    <>
      <Field name="Model to start from">
        <select
          value={keyOf(parent)}
          onChange={({ target }) => actions.planRun({ parent: refOf(target.value) })}
        >
          {choices.map(({ id, title }) => (
            <option key={id} value={keyOf({ kind: "bundled", id })}>
              {title}
            </option>
          ))}
          {opened && (
            <option value={keyOf({ kind: "opened", id: opened.id })}>
              {opened.name} (your file)
            </option>
          )}
          {runs
            .filter(({ hash }) => hash !== null)
            .map(({ id, name }) => (
              <option key={id} value={keyOf({ kind: "run", id })}>
                {name} (trained here)
              </option>
            ))}
        </select>
      </Field>
      <FieldGroup name="What of it">
        <Segmented
          name="What of it"
          value={isFromScratch ? "nothing" : "weights"}
          options={starts}
          onChange={(value) =>
            actions.planRun(value === "nothing" ? fromNothing(steps) : fromWeights(steps))
          }
        />
      </FieldGroup>
    </>
  );
}

type Scenes = Extract<RunData, { kind: "scenes" }>;

function SceneFields({ scenes }: { scenes: Scenes }) {
  const actions = useActions();
  const change = (part: Partial<Scenes>) => actions.planRun({ data: { ...scenes, ...part } });
  return (
    <>
      <FieldGroup name="Scenes (40 to 20,000)">
        <NumberField
          label="Number of sprites scenes"
          value={scenes.count}
          min={40}
          max={planLimits.scenes[1]}
          onChange={(count) => change({ count })}
          width="104px"
        />
      </FieldGroup>
      <FieldGroup name="Held out (1 to half)">
        <NumberField
          label="Held-out sprites scenes"
          value={scenes.heldOut}
          min={1}
          max={Math.floor(scenes.count / 2)}
          onChange={(heldOut) => change({ heldOut })}
          width="88px"
        />
      </FieldGroup>
      <FieldGroup name="Seed of the scenes">
        <SeedField
          label="Seed of sprites scenes"
          value={scenes.seed}
          onChange={(seed) => change({ seed })}
        />
      </FieldGroup>
    </>
  );
}

/** Scenes of the first time that sprites are chosen. */
const someSprites: Scenes = {
  kind: "scenes",
  scenes: "sprites",
  seed: 1,
  count: 4000,
  heldOut: 200,
};

const sources = [
  { value: "set", label: "The set of step 1" },
  { value: "scenes", label: "Generated sprites" },
] as const;

export function StartingPoint() {
  const data = useApp((state) => state.draft.data);
  const set = useApp(selectSet);
  const actions = useActions();
  const choose = (kind: RunData["kind"]) =>
    actions.planRun({ data: kind === "set" ? { kind, setId: set?.id ?? "" } : someSprites });
  return (
    <div className={styles.fields}>
      <Parent />
      <FieldGroup name="Learns from">
        <Segmented name="Learns from" value={data.kind} options={sources} onChange={choose} />
      </FieldGroup>
      {data.kind === "scenes" && <SceneFields scenes={data} />}
    </div>
  );
}
