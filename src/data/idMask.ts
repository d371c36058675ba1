/** Ground-truth masks of a picture, brought to where the model sees it. */
import { InputError } from "../errors";
import { resizeNearest, type Fit, type IdMask } from "./preprocess";

/**
 * Squares a mask as `fitSquare` squares its picture and resizes it by nearest neighbour.
 * @returns object id per pixel at `resolution`, row-major, 0 = background [H * W]
 */
export function fitIds(
  mask: IdMask,
  fit: Fit,
  [H, W]: [height: number, width: number],
): Uint8Array {
  const { width, height, ids } = mask;
  if (width < 1 || height < 1)
    throw new InputError("mask: expected a picture, got one without pixels.");
  const side = fit === "crop" ? Math.min(width, height) : Math.max(width, height);
  const left = Math.floor((width - side) / 2); // negative where a letterbox adds background
  const top = Math.floor((height - side) / 2);
  const squared = new Uint8Array(side * side);
  for (let y = Math.max(0, -top); y < Math.min(side, height - top); y++) {
    for (let x = Math.max(0, -left); x < Math.min(side, width - left); x++) {
      squared[y * side + x] = ids[(y + top) * width + x + left] ?? 0;
    }
  }
  return resizeNearest({ width: side, height: side, ids: squared }, W, H).ids;
}
