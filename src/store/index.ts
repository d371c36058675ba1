/** The store's door: what main.tsx and ui/ use of it. */
export { createAppStore } from "./createStore";
export { maxScenes, maxSeed, maxSlots, maxSteps } from "./limits";
export { findScene, isStale, whyNotGenerate } from "./selectors";
export type { Services } from "./services";
export type * from "./state";
