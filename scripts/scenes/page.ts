/** Runs in headless Chromium: renders a range of scenes and posts each batch to the command that opened the page. */
import { shrinkScene } from "../../src/data/scenes/scene.ts";
import { sceneKinds } from "../../src/data/scenes/sceneKinds.ts";
import type { SceneRenderer } from "../../src/data/scenes/sceneRenderer.ts";
import { packScenes, type PackedScenes, type ShardKind } from "../../src/data/scenes/shards.ts";
import { videoKinds } from "../../src/data/scenes/videoKinds.ts";

const atlas = { columns: 10, rows: 5 };
const kinds = { ...sceneKinds, ...videoKinds };
const renderers = new Map<ShardKind, SceneRenderer>();

function rendererOf(kind: ShardKind): SceneRenderer {
  const open = renderers.get(kind) ?? kinds[kind].open(atlas);
  renderers.set(kind, open);
  return open;
}

async function post({ images, masks, meta }: PackedScenes): Promise<void> {
  const lengths = [images, masks, meta].map(({ length }) => length).join();
  const body = new Blob([images, masks, meta]);
  const response = await fetch(`/batch?lengths=${lengths}`, { method: "POST", body });
  if (!response.ok) throw new Error(`posting a batch: ${response.status}`);
}

/** Renders scenes or videos start..start+n-1 at a resolution; resolves once the last batch has arrived. */
async function renderRange(
  kind: ShardKind,
  seed: number,
  start: number,
  n: number,
  side: number,
): Promise<void> {
  let sent = Promise.resolve();
  for (const scenes of rendererOf(kind).render(seed, start, n)) {
    const packed = packScenes(scenes.map((scene) => shrinkScene(scene, side)));
    await sent; // in order, and one batch in flight while the next is rendered
    sent = post(packed);
  }
  await sent;
}

declare global {
  interface Window {
    renderRange: typeof renderRange;
  }
}
window.renderRange = renderRange;
