/** The numbers of composed slots. */
import { interpolate } from "../slotspace/interpolate";
import { findScene } from "./selectors";
import type { ComposedSlot, Scene, SlotRef } from "./state";

function encodedVector(scenes: Scene[], { sceneId, index }: SlotRef): Float32Array {
  const encoding = findScene(scenes, sceneId)?.encoding;
  if (encoding?.status !== "ready") throw new Error(`store: scene ${sceneId} has no slots.`);
  const { slots, slotSize } = encoding.result;
  return slots.subarray(index * slotSize, (index + 1) * slotSize);
}

/** The vector of one slot; the scenes that it is made of have been encoded. @returns [D] */
export function slotVector(scenes: Scene[], slot: ComposedSlot): Float32Array {
  const { blend, file } = slot;
  if (file) return file.values;
  const own = encodedVector(scenes, slot);
  return blend ? interpolate(own, encodedVector(scenes, blend.other), blend.t, blend.path) : own;
}

/** The vectors of slots, one after another. @returns [K, D] */
export function slotVectors(scenes: Scene[], slots: readonly ComposedSlot[]): Float32Array {
  const vectors = slots.map((slot) => slotVector(scenes, slot));
  const size = vectors[0]?.length ?? 0; // every scene is encoded by the one model
  const all = new Float32Array(vectors.length * size);
  vectors.forEach((vector, k) => all.set(vector, k * size));
  return all;
}
