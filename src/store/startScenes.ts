/** The scenes of a first visit: of the kind that the model knows, and as long as nobody touches them, of the next model's. */
import type { SceneKind } from "../engine/protocol";
import type { StoreContext } from "./context";
import { doEdit, setHistory } from "./edits";
import { emptyHistory } from "./history";
import { addSample } from "./scenesSlice";
import { drawScene } from "./seriesSlice";
import type { Scene } from "./state";

/** Two samples that differ in shapes and colours. */
const firstSamples = ["00", "03"];
/** What the samples show. */
const sampleKind: SceneKind = "clevr";
/** Scenes rendered for a model that the samples are not for. */
const numGenerated = 2;

const kindOf = ({ source }: Scene): SceneKind =>
  source.kind === "generated" ? source.scene.kind : sampleKind;

/** The kind of scenes that a bundled model was trained on; null for one of the visitor's own. */
export const kindOfModel = ({ services }: StoreContext, id: string): SceneKind | null =>
  services.models.find((model) => model.id === id)?.scenes ?? null;

/** Generated scenes follow the model until the visitor chooses their kind. */
function followKind({ store }: StoreContext, kind: SceneKind): void {
  const { series } = store.getState();
  if (!series.isKindChosen && series.kind !== kind)
    store.setState({ series: { ...series, kind, index: 0 } });
}

/** Puts the first scenes of a kind on an empty page. */
export function addStartScenes(context: StoreContext, kind: SceneKind): void {
  if (context.store.getState().scenes.length > 0) return;
  followKind(context, kind);
  if (kind === sampleKind) {
    const known = context.services.samples.filter(({ id }) => firstSamples.includes(id));
    for (const { id } of known) void addSample(context, id);
  } else {
    for (let i = 0; i < numGenerated; i++) void drawScene(context);
  }
  context.startScenes = new Set(context.store.getState().scenes.map(({ id }) => id));
}

/** Whether a scene is one of the first visit, as it came. */
export const isStartScene = ({ startScenes }: StoreContext, scene: Scene): boolean =>
  startScenes.has(scene.id) &&
  scene.isOwnOrder &&
  scene.slotSeed === 0 &&
  scene.numSlots === null &&
  scene.fit === "crop";

/** For a model that has just come: its kind of scenes in place of the first ones, where those are all there is. */
export function adoptKind(context: StoreContext, kind: SceneKind): void {
  followKind(context, kind);
  const { scenes, canUndo, canRedo } = context.store.getState();
  const isUntouched = !canUndo && !canRedo && scenes.every((scene) => isStartScene(context, scene));
  if (!isUntouched || scenes.every((scene) => kindOf(scene) === kind)) return;
  const remove = scenes.map(({ id }) => id);
  doEdit(context, { label: "Scenes of this model’s kind.", lists: [], remove, add: [] });
  setHistory(context, emptyHistory); // nobody chose the scenes that went
  addStartScenes(context, kind);
}
