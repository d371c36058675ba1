/** Ground-truth masks of a picture, brought to where the model sees it. */
import { InputError } from "../errors";
import type { Fit, IdMask } from "./preprocess";

/**
 * Squares a mask as `fitSquare` squares its picture and resizes it by nearest neighbour, in one step: the square of a mask
 * that is a line would not fit into memory.
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
  const fitted = new Uint8Array(H * W);
  for (let y = 0; y < H; y++) {
    const row = top + Math.floor((y * side) / H);
    if (row < 0 || row >= height) continue;
    for (let x = 0; x < W; x++) {
      const column = left + Math.floor((x * side) / W);
      if (column >= 0 && column < width) fitted[y * W + x] = ids[row * width + column] ?? 0;
    }
  }
  return fitted;
}
