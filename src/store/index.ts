/** The store's door: what main.tsx and ui/ use of it. */
export { createAppStore } from "./createStore";
export { maxScenes, maxSeed, maxSlots, maxSteps } from "./limits";
export { planLimits } from "./draft";
export { presets } from "./presets";
export { curveOf, looksOf } from "./runProgress";
export { findScene, isStale, whyNotGenerate } from "./selectors";
export type { Services } from "./services";
export { chosenSetOf } from "./sets";
export type * from "./state";
export { pageNames } from "./trainingState";
export type * from "./trainingState";
export { ownChoices, stepsDone, whyNotTrain } from "./trainSelectors";
