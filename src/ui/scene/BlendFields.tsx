/** The way from a slot to another: which other, how far, and along which path. */
import { useShallow } from "zustand/react/shallow";

import { composedName } from "../../store/lineage";
import { numSlotsOf } from "../../store/placement";
import { slotName } from "../../store/sceneNames";
import type { AppState, Blend, PlacedSlot, Scene, SlotRef } from "../../store/state";
import { Field, FieldGroup } from "../common/Field";
import { Segmented } from "../common/Segmented";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./SlotPanel.module.css";

const paths: readonly { value: Blend["path"]; label: string }[] = [
  { value: "spherical", label: "Arc" },
  { value: "linear", label: "Line" },
];

const valueOf = ({ sceneId, index }: SlotRef): string => `${sceneId}:${index}`;

/** The slots that there are to go to, as "scene:index", by scene. */
const selectSlots = ({ scenes }: AppState): string[] =>
  scenes.flatMap((scene) =>
    Array.from({ length: numSlotsOf(scene) ?? 0 }, (_, index) =>
      valueOf({ sceneId: scene.id, index }),
    ),
  );

function refOf(value: string): SlotRef {
  const at = value.lastIndexOf(":");
  return { sceneId: value.slice(0, at), index: Number(value.slice(at + 1)) };
}

function OtherOption({ value }: { value: string }) {
  const name = useApp(({ scenes }) => slotName(scenes, refOf(value)));
  return <option value={value}>{name}</option>;
}

type BlendProps = { scene: Scene; slot: PlacedSlot; position: number };

function OtherField({ scene, slot, position }: BlendProps) {
  const actions = useActions();
  const slots = useApp(useShallow(selectSlots));
  const { blend } = slot;
  const choose = (value: string) => {
    const way = { t: blend?.t ?? 0.5, path: blend?.path ?? ("spherical" as const) };
    actions.blendSlot(scene.id, position, value === "" ? null : { other: refOf(value), ...way });
  };
  return (
    <Field name="Interpolate with">
      <select
        value={blend ? valueOf(blend.other) : ""}
        onChange={({ target }) => choose(target.value)}
      >
        <option value="">nothing</option>
        {slots
          .filter((value) => value !== valueOf(slot))
          .map((value) => (
            <OtherOption key={value} value={value} />
          ))}
      </select>
    </Field>
  );
}

function WayFields({ scene, slot, position, blend }: BlendProps & { blend: Blend }) {
  const actions = useActions();
  const name = useApp(({ scenes }) => composedName(scenes, slot));
  const other = useApp(({ scenes }) => slotName(scenes, blend.other));
  const change = (part: Partial<Blend>) =>
    actions.blendSlot(scene.id, position, { ...blend, ...part });
  const percent = Math.round(100 * blend.t);
  return (
    <>
      <Field name={`${percent} % of the way to ${other}`} className={styles.way}>
        <input
          type="range"
          min={0}
          max={100}
          value={percent}
          aria-label={`Way to ${other}`}
          aria-valuetext={name}
          onChange={({ target }) => change({ t: target.valueAsNumber / 100 })}
        />
      </Field>
      <FieldGroup name="Path">
        <Segmented
          name="Path"
          value={blend.path}
          options={paths}
          onChange={(path) => change({ path })}
        />
      </FieldGroup>
    </>
  );
}

export function BlendFields(props: BlendProps) {
  const { blend } = props.slot;
  return (
    <div className={styles.blend}>
      <div className={styles.row}>
        <OtherField {...props} />
        {blend && <WayFields {...props} blend={blend} />}
      </div>
      <p className={styles.note}>
        {blend
          ? "The arc turns the slot's direction at an even pace; on the line its length shrinks on the way."
          : "A slot between two others takes this one's place: an object that is partly the one, partly the other."}
      </p>
    </div>
  );
}
