/** What a trainer learns from: pictures by number, and never their masks. */
import * as tf from "@tensorflow/tfjs-core";

export type ImageSource = {
  /** How many there are. */
  count: number;
  /** Height and width. */
  size: [height: number, width: number];
  /** RGB of one picture [H * W * 3], 0..255, row-major. */
  read: (index: number) => Uint8Array;
};

/** Pictures as the networks see them, [B, H, W, 3] in [-1, 1]. */
export function readBatch({ size, read }: ImageSource, indices: readonly number[]): tf.Tensor4D {
  const [H, W] = size;
  const length = H * W * 3;
  const values = new Float32Array(indices.length * length);
  indices.forEach((index, i) => {
    const pixels = read(index);
    for (let k = 0; k < length; k++) values[i * length + k] = (pixels[k] ?? 0) / 127.5 - 1;
  });
  return tf.tensor4d(values, [indices.length, H, W, 3]);
}
