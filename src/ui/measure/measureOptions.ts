/** What the Measure page offers: models, and pictures to measure them on. */
import { sceneKindNames } from "../../engine/protocol";
import type { ModelRef } from "../../engine/protocol/training";
import type { MeasurePictures } from "../../store/measureState";
import { sceneKindTitles } from "../../store/sceneNames";
import type { AppState, ModelChoice, OwnChoice } from "../../store/state";
import { plural } from "../common/count";

export type Option<Value> = { key: string; title: string; value: Value };

const keyOf = ({ kind, id }: ModelRef): string => `${kind}/${id}`;

/** Key of a model among the options. */
export const modelKey = (model: ModelRef | null): string => (model ? keyOf(model) : "in-use");

/** @param inUse - title of the model in use; null for none */
export function modelOptions(
  inUse: string | null,
  choices: readonly ModelChoice[],
  own: readonly OwnChoice[],
): Option<ModelRef | null>[] {
  const option = (kind: "bundled" | "run", { id, title }: { id: string; title: string }) => {
    const value: ModelRef = { kind, id };
    return { key: keyOf(value), title, value };
  };
  return [
    { key: "in-use", title: inUse === null ? "The model in use" : `In use: ${inUse}`, value: null },
    ...choices.map((choice) => option("bundled", choice)),
    ...own.map((choice) => option("run", choice)),
  ];
}

/** Key of pictures among the options; a seed changes nothing in it. */
export const picturesKey = (pictures: MeasurePictures): string =>
  pictures.kind === "scenes"
    ? `scenes/${pictures.scenes}`
    : `set/${pictures.setId}/${pictures.part}`;

/** Generated scenes of a seed, and the sets of this browser: what is held out, and everything. */
export function pictureOptions(sets: AppState["sets"], seed: number): Option<MeasurePictures>[] {
  const ofScenes = sceneKindNames.map((scenes): Option<MeasurePictures> => {
    const value: MeasurePictures = { kind: "scenes", scenes, seed };
    const title = `Generated scenes: ${sceneKindTitles[scenes].toLowerCase()}`;
    return { key: picturesKey(value), title, value };
  });
  const ofSets = sets.flatMap(({ id, name, pictures }) => {
    const option = (part: "heldOut" | "all", words: string, count: number) => {
      const value: MeasurePictures = { kind: "set", setId: id, part };
      const title = `${name}: ${words} (${plural(count, "picture")})`;
      return count > 0 ? [{ key: picturesKey(value), title, value }] : [];
    };
    const heldOut = pictures.filter(({ isHeldOut }) => isHeldOut).length;
    return [
      ...option("heldOut", "held out", heldOut),
      ...option("all", "everything", pictures.length),
    ];
  });
  return [...ofScenes, ...ofSets];
}
