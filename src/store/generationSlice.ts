/** How pictures are generated, and the asking for them. */
import type { StoreContext } from "./context";
import { cancelRender, generateScene } from "./generateJobs";
import { changeSettings, defaultSettings } from "./limits";
import type { GenerationSlice } from "./state";

/** The generation's state and actions. */
export const createGenerationSlice = (context: StoreContext): GenerationSlice => ({
  settings: defaultSettings,
  isAutomatic: true,
  setSettings: (change) =>
    context.store.setState(({ settings }) => ({ settings: changeSettings(settings, change) })),
  setAutomatic: (isAutomatic) => context.store.setState({ isAutomatic }),
  generate: (sceneId) => generateScene(context, sceneId),
  cancelGenerate: (sceneId) => cancelRender(context, sceneId),
});
