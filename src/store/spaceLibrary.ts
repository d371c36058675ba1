/** Scenes as the library of slot space keeps them. */
import type { Encoding, Pixels, SceneRef } from "../engine/protocol";
import type { SlotRow } from "../slotspace/library";
import { sceneKindTitles } from "./sceneNames";
import type { LibraryScene, Space } from "./spaceState";
import type { Scene } from "./state";

/** A slot that wins fewer pixels of its picture is dead there; the share that slot health counts by. */
const minShare = 0.0025;

/** The library of a first visit. */
export const emptySpace: Space = {
  model: null,
  library: null,
  scenes: [],
  filling: { status: "none" },
  map: null,
  umap: { status: "none" },
  concepts: null,
  numConcepts: 8,
  problem: null,
  picked: null,
  sample: { counts: [], seed: 0, slots: [], render: { status: "none" } },
};

/** A scene with its slots, on the way into the library. */
export type Arrival = { scene: LibraryScene; rows: SlotRow[] };

type Known = { id: string; title: string; picture: Pixels };

/** What the library keeps of a picture and its encoding; copies, so that the rest of the encoding can go. */
export function toArrival({ id, title, picture }: Known, encoding: Encoding): Arrival {
  const { numSlots, slotSize, slots, attn, attnSize } = encoding;
  const masks = attn.slice(attn.length - numSlots * attnSize[0] * attnSize[1]);
  const scene = { id, title, picture, numSlots, masks, maskSize: attnSize };
  const rows = slotShares(encoding).map((share, index) => ({
    sceneId: id,
    index,
    share,
    isDead: share < minShare,
    slot: slots.subarray(index * slotSize, (index + 1) * slotSize),
  }));
  return { scene, rows };
}

/** Share of the picture's pixels that each slot wins, 0..1 [K]. */
function slotShares({ segmentation, numSlots }: Encoding): number[] {
  const counts = new Array<number>(numSlots).fill(0);
  for (const slot of segmentation) counts[slot] = (counts[slot] ?? 0) + 1;
  return counts.map((count) => count / segmentation.length);
}

/** The same generated scene has the same name, however it came. */
export const generatedId = ({ kind, seed, index }: SceneRef): string =>
  `generated-${kind}-${seed}-${index}`;

/** What a generated scene is called in the library. */
export const generatedTitle = ({ kind, seed, index }: SceneRef): string =>
  `${sceneKindTitles[kind]} ${seed}-${index}`;

/** A scene of the Play page; null before it has slots. */
export function arrivalOf({
  id,
  letter,
  title,
  source,
  slotSeed,
  numSlots,
  encoding,
}: Scene): Arrival | null {
  if (encoding.status !== "ready") return null;
  // Encoded as the library encodes generated scenes, it is that scene; otherwise it is one of its own.
  const isPlain = source.kind === "generated" && slotSeed === 0 && numSlots === null;
  const name = isPlain ? generatedId(source.scene) : id;
  const known = { id: name, title: `Scene ${letter}: ${title}`, picture: encoding.input };
  return toArrival(known, encoding.result);
}
