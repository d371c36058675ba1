import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { describeBackends } from "../../tests/backends";
import { tinyConfig } from "../../tests/tinyConfig";
import { gaussianArray, mulberry32 } from "../math/random";
import { disposeParams, initParams } from "../nn/params";
import { bindingDecoderSpec, bindingLoss, type BindingDraws } from "./binding";
import type { ModelConfig } from "./config";
import { modelSpec } from "./model";

const config: ModelConfig = {
  ...tinyConfig,
  slot_dict: { ...tinyConfig.slot_dict, init: "gaussian" },
};
const [H, W] = config.resolution;
const draws: Omit<BindingDraws, "slotNoise"> = { side: 8, cells: [0, 9, 9, 63], attnWeight: 0 };

/** The loss of one seeded picture by a seeded model, and its gradient for the keys of Slot Attention. */
function lossOf(change: Partial<BindingDraws>): { loss: number; slope: number } {
  return tf.tidy(() => {
    const rng = mulberry32(5);
    const params = initParams(modelSpec(config), rng);
    const decoder = initParams(bindingDecoderSpec(config, 16), rng);
    const images: tf.Tensor4D = tf.tensor4d(gaussianArray(rng, H * W * 3), [1, H, W, 3]);
    const { weight } = params.slot_attention.project_k;
    const full = { ...draws, slotNoise: mulberry32(7), ...change };
    const measure = tf.valueAndGrad((keys: tf.Tensor) => {
      const project_k = { ...params.slot_attention.project_k, weight: keys as tf.Tensor2D };
      const p = { ...params, slot_attention: { ...params.slot_attention, project_k } };
      return bindingLoss(p, decoder, config, images, full);
    });
    const { value, grad } = measure(weight);
    const result = { loss: value.dataSync()[0] ?? NaN, slope: tf.norm(grad).dataSync()[0] ?? NaN };
    disposeParams(params);
    disposeParams(decoder);
    return result;
  });
}

describeBackends("loss that binds slots", () => {
  it("adds the error of the picture that attention mixes, in proportion to its weight", () => {
    const [none, one, three] = [0, 1, 3].map((attnWeight) => lossOf({ attnWeight }));
    if (!none || !one || !three) throw new Error("expected three losses");
    expect(one.loss).toBeGreaterThan(none.loss);
    expect(three.loss - none.loss).toBeCloseTo(3 * (one.loss - none.loss), 4);
  });

  it("reaches the keys of Slot Attention", () => {
    const { slope } = lossOf({ attnWeight: 1 });
    expect(slope).toBeGreaterThan(0);
    expect(slope).not.toBeCloseTo(lossOf({ attnWeight: 0 }).slope, 6);
  });
});

describe("a grid that attention does not divide into", () => {
  it("is refused", () => {
    expect(() => lossOf({ attnWeight: 1, side: 32, cells: [0] })).toThrow(
      /multiple of 32 cells, got 16x16/,
    );
  });
});
