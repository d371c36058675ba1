/** How pictures are generated, the asking for them, and what leaves the page of them. */
import type { StoreContext } from "./context";
import { cancelRender, generateScene } from "./generateJobs";
import { changeSettings, defaultSettings } from "./limits";
import { saveDenoising, savePicture } from "./pictureFiles";
import type { GenerationSlice } from "./state";
import { drawVariants, keepVariant } from "./variantJobs";

/** The generation's state and actions. */
export const createGenerationSlice = (context: StoreContext): GenerationSlice => ({
  settings: defaultSettings,
  isAutomatic: true,
  variants: { status: "none" },
  setSettings: (change) =>
    context.store.setState(({ settings }) => ({ settings: changeSettings(settings, change) })),
  setAutomatic: (isAutomatic) => context.store.setState({ isAutomatic }),
  generate: (sceneId) => generateScene(context, sceneId),
  cancelGenerate: (sceneId) => cancelRender(context, sceneId),
  drawVariants: (sceneId, count) => drawVariants(context, sceneId, count),
  dropVariants: () => context.store.setState({ variants: { status: "none" } }),
  keepVariant: (seed) => keepVariant(context, seed),
  savePicture: (sceneId) => savePicture(context, sceneId),
  saveDenoising: (sceneId) => saveDenoising(context, sceneId),
});
