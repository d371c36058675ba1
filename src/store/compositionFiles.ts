/** Composed scenes as JSON files: a scene's slots written with their numbers, and put into a scene again. */
import { samplerNames } from "../engine/protocol";
import { InputError } from "../errors";
import type { Composition } from "../export/compositionJson";
import { newId, report, type StoreContext } from "./context";
import { doEdit } from "./edits";
import { composedName } from "./lineage";
import { changeSettings, maxSlots } from "./limits";
import { fileStem } from "./pictureFiles";
import { findScene, missingModel } from "./selectors";
import { slotVector } from "./slotVectors";
import type { AppState, ComposedSlot, PlacedSlot, Scene, SceneId } from "./state";
import { whyNotDraw } from "./whyNotDraw";

/** Bytes of a file that is looked at. */
const mostBytes = 4 * 1024 * 1024;

/** Characters of a slot's description that the file takes. */
const mostTitle = 200;

/** What a slot is made of, as its file says it: of an interpolated one, the whole recipe. */
function slotTitle(scenes: Scene[], slot: ComposedSlot): string {
  if (slot.file) return slot.file.title;
  const { title = "" } = findScene(scenes, slot.sceneId) ?? {};
  if (!slot.blend) return title.slice(0, mostTitle);
  const other = findScene(scenes, slot.blend.other.sceneId)?.title ?? "";
  return `${title} (${composedName(scenes, slot)}; the other scene is ${other})`.slice(
    0,
    mostTitle,
  );
}

function compositionOf(state: AppState, scene: Scene): Composition {
  const { model, scenes, settings } = state;
  if (model.status !== "ready") throw new InputError(`composition: ${missingModel(model)}`);
  const { id, hash } = model.info;
  return {
    model: { id, hash },
    slots: scene.placed.map((slot) => ({
      values: slotVector(scenes, slot),
      source: {
        title: slotTitle(scenes, slot),
        seed: findScene(scenes, slot.sceneId)?.slotSeed ?? 0,
        slot: slot.index,
      },
    })),
    settings,
  };
}

/** Hands a scene's slots, model and settings over as JSON. */
export async function saveComposition(context: StoreContext, id: SceneId): Promise<void> {
  const { services, store } = context;
  try {
    const state = store.getState();
    const scene = findScene(state.scenes, id);
    const reason = whyNotDraw(state, id);
    if (reason !== null || !scene) throw new InputError(`composition: ${reason}`);
    const { writeComposition } = await import("../export/compositionJson");
    const text = writeComposition(compositionOf(state, scene));
    const name = `${fileStem(scene, state.settings.seed)}.json`;
    services.saveFile(name, new Blob([text], { type: "application/json" }));
    store.setState({ announcement: `${name} saved: ${scene.placed.length} slots.` });
  } catch (error) {
    report(context, error);
  }
}

type FileComposition = Composition<(typeof samplerNames)[number]>;

async function readFile(file: File): Promise<FileComposition> {
  if (file.size > mostBytes)
    throw new InputError(
      `composition: expected at most ${mostBytes} bytes, got ${file.size}. Choose a composition that was saved on this page.`,
    );
  const [text, { readComposition }] = await Promise.all([
    file.text(),
    import("../export/compositionJson"),
  ]);
  if (!text.includes("slotdiffusion-composition"))
    throw new InputError(
      "composition: expected a file saved on this page, got another. A model's config comes together with its weights.",
    );
  return readComposition(text, samplerNames);
}

function checkFits({ model }: AppState, { model: made, slots }: FileComposition): void {
  if (model.status !== "ready") throw new InputError(`composition: ${missingModel(model)}`);
  const { info } = model;
  const size = slots[0]?.values.length ?? 0;
  if (made.hash !== info.hash || size !== info.slotSize)
    throw new InputError(
      `composition: expected slots of the model in use, “${info.id}”, got slots of “${made.id}” or of other weights. Load that model first.`,
    );
  if (slots.length > maxSlots)
    throw new InputError(
      `composition: expected at most ${maxSlots} slots, got ${slots.length}. Take some out of the file.`,
    );
}

const isSame = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

/** A slot of a file: the page's own where a scene has the very same, else one that carries its numbers. */
function placeSlot(
  context: StoreContext,
  { model, slots }: FileComposition,
  k: number,
): PlacedSlot[] {
  const slot = slots[k];
  if (!slot) return [];
  const { values, source } = slot;
  const { scenes } = context.store.getState();
  const key = `placed-${newId(context)}`;
  const origin = scenes.find(
    ({ id, encoding, title, slotSeed }) =>
      title === source.title &&
      slotSeed === source.seed &&
      encoding.status === "ready" &&
      isSame(slotVector(scenes, { sceneId: id, index: source.slot }), values),
  );
  if (origin) return [{ sceneId: origin.id, index: source.slot, key }];
  const file = { values, title: source.title, hash: model.hash };
  return [{ sceneId: `file-${key}`, index: source.slot, file, key }];
}

/** Puts the slots and settings of a file into a scene, the first where none is named; can be undone. */
export async function openComposition(
  context: StoreContext,
  file: File,
  id?: SceneId,
): Promise<void> {
  const { store } = context;
  try {
    const composition = await readFile(file);
    const state = store.getState();
    checkFits(state, composition);
    const scene = id === undefined ? state.scenes[0] : findScene(state.scenes, id);
    if (!scene)
      throw new InputError(
        "composition: expected a scene to put the slots into, got none. Add a scene first.",
      );
    const placed = composition.slots.flatMap((_, k) => placeSlot(context, composition, k));
    const settings = changeSettings(state.settings, composition.settings);
    doEdit(context, {
      label: `Composition opened in scene ${scene.letter}: ${placed.length} slots.`,
      lists: [{ sceneId: scene.id, placed, isOwnOrder: false }],
      remove: [],
      add: [],
      settings: { value: settings, of: scene.id },
    });
  } catch (error) {
    report(context, error);
  }
}
