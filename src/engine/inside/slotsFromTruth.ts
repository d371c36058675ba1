/** A picture and its true masks to slots; plain arrays in and out. */
import * as tf from "@tensorflow/tfjs-core";

import { toSigned } from "../../data/preprocess";
import { mulberry32 } from "../../math/random";
import { tokenShares, truthSlots } from "../../slotdiffusion/truthSlots";
import { checkPicture, type RunnableModel } from "../inference";
import type { InsideProtocol } from "../protocol/inside";

/** Slots of which slot k is of the object ids[k], background first. */
export async function slotsFromTruth(
  { params, config }: Pick<RunnableModel, "params" | "config">,
  { input, ids, seed }: InsideProtocol["truthSlots"]["args"],
): Promise<InsideProtocol["truthSlots"]["result"]> {
  checkPicture("truthSlots", input, config.resolution);
  const { objects, shares } = tokenShares(config, ids);
  const K = objects.length;
  const slots = tf.tidy(() => {
    const images = tf.tensor4d(toSigned(input), [1, input.height, input.width, 3]);
    const masks = tf.tensor3d(shares, [1, K, shares.length / K]);
    return truthSlots(params, config, images, masks, mulberry32(seed));
  });
  try {
    return { slots: Float32Array.from(await slots.data()), numSlots: K, ids: objects };
  } finally {
    slots.dispose();
  }
}
