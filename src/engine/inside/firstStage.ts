/** The VQ-VAE alone on one picture: what it gives back, with which codes, and where it errs. */
import * as tf from "@tensorflow/tfjs-core";

import { fromSigned, toSigned } from "../../data/preprocess";
import { InputError } from "../../errors";
import { psnr, type Picture } from "../../metrics/imageQuality";
import { decodeLatents, quantize } from "../../nn/vqvae";
import { latentShape, type ModelConfig } from "../../slotdiffusion/config";
import { imagesToLatents, type ModelParams } from "../../slotdiffusion/model";
import { checkPicture, decodePicture, type RunnableModel } from "../inference";
import type { Pixels } from "../protocol";
import type { FirstStageInside } from "../protocol/inside";

/** Encodes, quantises and decodes a picture; errors are those of values in 0..1 before they are rounded to 8 bits. */
export async function inspectFirstStage(
  { params, config }: Pick<RunnableModel, "params" | "config">,
  { input }: { input: Pixels },
): Promise<FirstStageInside> {
  checkPicture("firstStage", input, config.resolution);
  const { width, height } = input;
  const signed = toSigned(input);
  const found = tf.tidy(() =>
    reconstruct(params, config, tf.tensor4d(signed, [1, height, width, 3])),
  );
  try {
    const [made, codes] = await Promise.all([
      found.image.data<"float32">(),
      found.indices.data<"int32">(),
    ]);
    const picture = (values: Float32Array): Picture => ({
      ...{ width, height, channels: 3 },
      values: values.map((value) => Math.min(Math.max(value / 2 + 1 / 2, 0), 1)),
    });
    const [h, w] = latentShape(config);
    return {
      reconstruction: fromSigned(made, width, height),
      error: errorMap(picture(signed), picture(made)),
      codes: Int32Array.from(codes),
      codesSize: [h, w],
      numCodes: config.vae.vq_dict.n_embed,
      psnr: psnr(picture(signed), picture(made)),
    };
  } finally {
    tf.dispose([found.image, found.indices]);
  }
}

/** latentsToImages of the picture's own latents, with the codes that they go through. */
function reconstruct(p: ModelParams, config: ModelConfig, images: tf.Tensor4D) {
  const { vqvae } = p.dm_decoder.vae;
  const latents = imagesToLatents(p, config, images);
  const { zq, indices } = quantize(vqvae, tf.mul(latents, config.vae.scale_factor));
  return { image: decodeLatents(vqvae, config.vae, zq), indices };
}

/** Mean absolute difference over channels [H, W]. */
function errorMap(x: Picture, y: Picture): Float32Array {
  const { width, height, channels } = x;
  return Float32Array.from({ length: width * height }, (_, pixel) => {
    let sum = 0;
    for (let i = pixel * channels; i < (pixel + 1) * channels; i++)
      sum += Math.abs((x.values[i] ?? NaN) - (y.values[i] ?? NaN));
    return sum / channels;
  });
}

/** Latents as a DenoisingStep has them to a picture, through their nearest codes. @param latents - [h, w, C] */
export async function latentsToPixels(
  model: Pick<RunnableModel, "params" | "config">,
  latents: Float32Array,
): Promise<Pixels> {
  const [h, w, C] = latentShape(model.config);
  if (latents.length !== h * w * C)
    throw new InputError(
      `decodeLatents: expected ${h}×${w}×${C} values, got ${latents.length}. Were they made by another model? Inspect again.`,
    );
  return decodePicture(model, tf.tensor4d(latents, [1, h, w, C]));
}
