/** Between the page's state and the experiment in a link. */
import type { ModelInfo, Pixels } from "../engine/protocol";
import { InputError } from "../errors";
import { fromBase64Url, toBase64Url } from "./base64";
import { newId, type Prepare, type StoreContext } from "./context";
import { prepareFiles, prepareGenerated } from "./preparation";
import { freeLetter } from "./sceneNames";
import { blankScene, newSceneId, sampleReader } from "./scenesSlice";
import type { Experiment } from "./share";
import type { AppState, PlacedSlot, Scene, SceneId, SceneSource } from "./state";

type LinkScene = Experiment["scenes"][number];
/** A slot as a link names it: the places of its scenes in a list, and their slots. */
export type LinkSlot = NonNullable<LinkScene["placed"]>[number];
export type LinkSource = LinkScene["source"];
export type EncodePng = (pixels: Pixels) => Promise<Blob>;

/** Where a scene comes from, its picture as a PNG where it is the visitor's own. Throws an InputError before that is read. */
export async function linkSource(scene: Scene, encodePng: EncodePng): Promise<LinkSource> {
  const { source, encoding, letter } = scene;
  if (source.kind === "sample" || source.kind === "generated") return source;
  if (!("input" in encoding)) {
    throw new InputError(`link: scene ${letter} is not ready. Copy the link again in a moment.`);
  }
  const png = await (await encodePng(encoding.input)).arrayBuffer();
  return { kind: "png", name: source.name.slice(0, 80), png: toBase64Url(new Uint8Array(png)) };
}

/** Whether a link can name a slot: it knows those made of the slots of its scenes, and no others. */
const isLinked = ({ file }: PlacedSlot): boolean => !file;

/** What a link of these scenes leaves out, as a sentence; null where it leaves out nothing. */
function leftOut(scenes: Scene[]): string | null {
  const slots = scenes.flatMap(({ placed }) => placed).filter((slot) => !isLinked(slot));
  const count = slots.length === 1 ? "1 slot" : `${slots.length} slots`;
  return slots.length === 0
    ? null
    : `The link leaves out ${count} out of a file. Save the composition as JSON to keep them.`;
}

/** A slot as a link names it; none where a scene that it is made of is not in the list. */
export function linkSlot({ sceneId, index, blend }: PlacedSlot, ids: SceneId[]): LinkSlot[] {
  const at = ids.indexOf(sceneId);
  if (!blend) return at < 0 ? [] : [[at, index]];
  const { other, t, path } = blend;
  const otherAt = ids.indexOf(other.sceneId);
  return Math.min(at, otherAt) < 0 ? [] : [[at, index, otherAt, other.index, t, path]];
}

async function linkScene(scene: Scene, scenes: Scene[], encodePng: EncodePng): Promise<LinkScene> {
  const ids = scenes.map(({ id }) => id);
  const slots = scene.placed.filter(isLinked).flatMap((slot) => linkSlot(slot, ids));
  return {
    source: await linkSource(scene, encodePng),
    fit: scene.fit,
    slotSeed: scene.slotSeed,
    ...(scene.numSlots === null ? {} : { numSlots: scene.numSlots }),
    ...(scene.isOwnOrder ? {} : { placed: slots }),
    isGenerated: ["queued", "running", "done"].includes(scene.render.status),
  };
}

/** The page as an experiment; scenes that failed are left out, own pictures go in as PNGs. */
export async function experimentOf(
  { scenes, settings, notify }: AppState,
  { id, hash }: ModelInfo,
  encodePng: EncodePng,
): Promise<Experiment> {
  const kept = scenes.filter(({ encoding }) => encoding.status !== "failed");
  const missing = leftOut(kept);
  if (missing !== null) notify("info", missing);
  return {
    model: { id, hash },
    scenes: await Promise.all(kept.map((scene) => linkScene(scene, kept, encodePng))),
    settings,
  };
}

/** A scene of a link: what the page shows, how its picture is made, whether to draw one from its slots. */
export type OpenedScene = { scene: Scene; prepare: Prepare; isGenerated: boolean };

/** How the picture of such a scene is made. Throws an InputError where this page cannot make it. */
export function preparationOf(context: StoreContext, source: LinkSource): Prepare {
  if (source.kind === "generated") return prepareGenerated(context, source.scene);
  if (source.kind === "png") {
    const image = new Blob([fromBase64Url(source.png)], { type: "image/png" });
    return prepareFiles(context, () => Promise.resolve({ image, mask: null }));
  }
  const read = sampleReader(context, source.id);
  if (read) return prepareFiles(context, read);
  throw new InputError(
    `link: expected a sample of this page, got ${source.id}. Open the link on the page it was made with.`,
  );
}

const sceneSource = (source: LinkSource): SceneSource =>
  source.kind === "png" ? { kind: "link", name: source.name || "Picture" } : source;

/** A link's slot on the page; none where its scenes are not in the list. */
export function openSlot(slot: LinkSlot, ids: SceneId[], key: string): PlacedSlot[] {
  const sceneId = ids[slot[0]];
  if (!sceneId) return [];
  const own = { sceneId, index: slot[1], key };
  if (slot.length === 2) return [own];
  const [, , origin, index, t, path] = slot;
  const otherId = ids[origin];
  return otherId ? [{ ...own, blend: { other: { sceneId: otherId, index }, t, path } }] : [];
}

/** The scenes of an experiment, not yet on the page. Throws an InputError where a source cannot be read. */
export function openScenes(context: StoreContext, experiment: Experiment): OpenedScene[] {
  const ids = experiment.scenes.map(() => newSceneId(context));
  const opened: OpenedScene[] = [];
  experiment.scenes.forEach(({ source, fit, slotSeed, numSlots, placed, isGenerated }, k) => {
    const letter = freeLetter(opened.map(({ scene }) => scene));
    const slots = placed?.flatMap((slot) => openSlot(slot, ids, `placed-${newId(context)}`));
    const scene: Scene = {
      ...blankScene(ids[k] ?? newSceneId(context), letter, sceneSource(source)),
      fit,
      slotSeed,
      numSlots: numSlots ?? null,
      placed: slots ?? [],
      isOwnOrder: !slots,
    };
    opened.push({ scene, prepare: preparationOf(context, source), isGenerated });
  });
  return opened;
}
