/** Pictures of any size to what a set keeps, exactly as a dropped picture becomes the loaded model's input (data/decodeImage). */
import { fitIds } from "../../data/idMask";
import {
  fitSquare,
  resizeArea,
  resizeBilinear,
  type Fit,
  type IdMask,
  type Pixels,
} from "../../data/preprocess";
import type { NewPicture } from "../../data/pictureSets/addPictures";
import type { ModelConfig } from "../../slotdiffusion/config";

/** @param ids - object ids, at a size of their own */
export function preparePicture(
  { name, pixels, ids }: { name: string; pixels: Pixels; ids: IdMask | null },
  fit: Fit,
  { resolution, resize }: Pick<ModelConfig, "resolution" | "resize">,
): NewPicture {
  const [height, width] = resolution;
  const shrink = resize === "area" ? resizeArea : resizeBilinear;
  return {
    name,
    pixels: shrink(fitSquare(pixels, fit), width, height),
    ids: ids && fitIds(ids, fit, resolution),
  };
}
