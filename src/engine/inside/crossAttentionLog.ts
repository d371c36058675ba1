/** What the U-Net's layers read from the slots in one evaluation, kept on the device until it is read. */
import * as tf from "@tensorflow/tfjs-core";

import type { AttentionListener } from "../../nn/unetBlocks";
import { latentShape, type ModelConfig } from "../../slotdiffusion/config";
import type { LayerAttention } from "../protocol/inside";

export type CrossAttentionLog = {
  /** For UnetOptions.crossAttention, on a batch of one. */
  listen: AttentionListener;
  /** One entry a layer, in the order of the network; the log is empty afterwards. */
  read(): Promise<LayerAttention[]>;
  /** Frees what was not read. */
  clear(): void;
};

/** An empty log for evaluations of a model. */
export function createCrossAttentionLog(config: ModelConfig): CrossAttentionLog {
  const [h, w] = latentShape(config);
  let heard: { layer: string; probs: tf.Tensor2D }[] = [];
  const clear = (): void => {
    heard.forEach(({ probs }) => probs.dispose());
    heard = [];
  };
  return {
    clear,
    listen: (layer, probs) => {
      heard.push({ layer, probs: tf.keep(meanOverHeads(probs)) });
    },
    read: async () => {
      try {
        return await Promise.all(
          heard.map(async ({ layer, probs }): Promise<LayerAttention> => {
            const factor = Math.sqrt((h * w) / probs.shape[1]); // layers have h / 2^i rows
            const values = Float32Array.from(await probs.data());
            return { layer, size: [h / factor, w / factor], probs: values };
          }),
        );
      } finally {
        clear();
      }
    },
  };
}

/** @param probs - [1, heads, N, K] @returns [K, N] */
const meanOverHeads = (probs: tf.Tensor4D): tf.Tensor2D =>
  tf.tidy(() => {
    const [, , N, K] = probs.shape;
    return tf.transpose(tf.reshape(tf.mean(probs, 1), [N, K]));
  });
