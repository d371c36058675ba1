/** Slots for tests: clusters around centres that are far apart, so that the truth is known. */
import { gaussianArray, mulberry32 } from "../math/random";
import { addSlots, emptyLibrary, type SlotLibrary, type SlotRow } from "./library";

export type Clusters = {
  numClusters: number;
  perCluster: number;
  slotSize: number;
  /** Standard deviation inside a cluster; centres are some sqrt(2 D) apart. */
  spread?: number;
  seed?: number;
};

/** A row with made-up origin. */
export const testRow = (slot: readonly number[], origin: Partial<SlotRow> = {}): SlotRow => ({
  sceneId: "A",
  index: 0,
  share: 0.25,
  isDead: false,
  slot: Float32Array.from(slot),
  ...origin,
});

/**
 * A library in which scene i holds one slot of each cluster; slot `index` is of cluster `index`. Cluster 0 wins 60 % of
 * the pixels, the others share the rest.
 */
export function clusteredLibrary({
  numClusters,
  perCluster,
  slotSize,
  spread = 0.1,
  seed = 1,
}: Clusters): SlotLibrary {
  const rng = mulberry32(seed);
  const centres = Array.from({ length: numClusters }, () => gaussianArray(rng, slotSize));
  const rows = Array.from({ length: perCluster }, (_, scene) =>
    centres.map((centre, index): SlotRow => {
      const noise = gaussianArray(rng, slotSize);
      return {
        sceneId: `scene ${scene}`,
        index,
        share: index === 0 ? 0.6 : 0.4 / (numClusters - 1),
        isDead: false,
        slot: centre.map((value, i) => value + spread * (noise[i] ?? NaN)),
      };
    }),
  );
  return addSlots(emptyLibrary(slotSize), rows.flat());
}
