/** Which part of a video's picture the model sees. */

export type Crop = { x: number; y: number; width: number; height: number };

/** The largest part in the middle of a picture that has the shape of another. */
export function centreCrop(
  { width, height }: { width: number; height: number },
  [H, W]: readonly [height: number, width: number],
): Crop {
  const scale = Math.min(width / W, height / H);
  const [cropWidth, cropHeight] = [Math.round(scale * W), Math.round(scale * H)];
  return {
    x: Math.floor((width - cropWidth) / 2),
    y: Math.floor((height - cropHeight) / 2),
    width: cropWidth,
    height: cropHeight,
  };
}
