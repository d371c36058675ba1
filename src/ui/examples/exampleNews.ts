/** What stands beside the examples about the model that they do without. */
import type { AppState } from "../../store/state";
import { formatBytes } from "../common/format";

type ModelNews = {
  text: string;
  /** Whether there is a model to open them with. */
  canOpen: boolean;
};

/** How things stand with the model, in a sentence. */
export function modelNews({
  device,
  model,
  choices,
}: Pick<AppState, "device" | "model" | "choices">): ModelNews {
  const without = "The examples do without it.";
  if (device.status === "failed")
    return { text: `No model runs here: ${device.message} ${without}`, canOpen: false };
  if (model.status === "ready")
    return {
      text: `${model.info.name} is ready: open an example to go on with it.`,
      canOpen: true,
    };
  if (model.status === "failed")
    return {
      text: `${model.title} could not be loaded: ${model.message} ${without}`,
      canOpen: false,
    };
  if (device.status === "ready" && model.status === "none")
    return {
      text: "No model is loaded. Choose one above to go on with an example.",
      canOpen: false,
    };
  const title = model.status === "loading" ? model.title : (choices[0]?.title ?? "The model");
  const bytes = choices.find((choice) => choice.title === title)?.bytes;
  const size = bytes === undefined ? "" : ` (${formatBytes(bytes)})`;
  return { text: `${title}${size} is on its way; then you can change anything.`, canOpen: false };
}
