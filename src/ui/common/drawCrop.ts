/** Draws what a slot attends to in its picture, transparent where it does not. */
import { cropBox, maskCrop } from "./paintCrop";
import { upsampleMask, type Size } from "./paintMasks";

/** A square part of an image. */
export type Part = {
  image: CanvasImageSource;
  left: number;
  top: number;
  width: number;
  height: number;
};

/** The mask is sampled at this many points a side: enough for a crop of a chip's size. */
const maskSide = 128;

/**
 * @param size - of the canvas, in device pixels
 * @param mask - the slot's mask over the whole picture [h, w], 0..1
 */
export function drawCrop(
  context: CanvasRenderingContext2D,
  size: number,
  { image, ...part }: Part,
  mask: Float32Array,
  maskSize: Size,
): void {
  const fine = upsampleMask(mask, maskSize, [maskSide, maskSide]);
  const box = cropBox(fine, [maskSide, maskSide]);
  const left = part.left + box.x * part.width;
  const top = part.top + box.y * part.height;
  context.drawImage(
    image,
    left,
    top,
    box.size * part.width,
    box.size * part.height,
    0,
    0,
    size,
    size,
  );
  const pixels = context.getImageData(0, 0, size, size).data;
  const masked = maskCrop(pixels, size, fine, maskSide, box);
  context.putImageData(new ImageData(masked, size, size), 0, 0);
}
