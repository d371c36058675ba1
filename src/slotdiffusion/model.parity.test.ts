import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";

import { describeBackends } from "../../tests/backends";
import { asNHWC, fixtureParams, golden, loadFixture, type Fixture } from "../../tests/fixture";
import { parityChecker } from "../../tests/parity";
import { tinyConfig } from "../../tests/tinyConfig";
import {
  encodeImages,
  encodeTokens,
  imagesToLatents,
  initialSlots,
  latentsToImages,
  masksAtResolution,
  modelSpec,
  predict,
  snapLatents,
  type ModelParams,
} from "./model";

describeBackends("SlotDiffusion", () => {
  let trace: Fixture;
  let vqvae: Fixture;
  let params: ModelParams;
  beforeAll(async () => {
    const weights = await loadFixture("weights");
    [trace, vqvae] = await Promise.all([loadFixture("encoder_slots"), loadFixture("vqvae")]);
    params = fixtureParams(weights, modelSpec(tinyConfig));
  });

  it("turns pictures into the official tokens", async (context) => {
    const check = parityChecker(
      context,
      "Token head",
      "sa_diffusion.py SADiffusion._get_encoder_out",
    );
    await check(trace, "encoder_out", encodeTokens(params, tinyConfig, asNHWC(trace, "img")));
  });

  it("turns pictures into the official slots and masks", async (context) => {
    const check = parityChecker(context, "Image to slots", "sa_diffusion.py SADiffusion.encode");
    const initial = initialSlots(params, tinyConfig, 2);
    const images = asNHWC(trace, "img");
    const { slots, attn } = encodeImages(params, tinyConfig, images, { initial });
    await check(trace, "slots", slots);
    for (const [i, each] of attn.entries()) {
      expect(each.shape).toEqual([2, 4, 16, 16]);
      await check(trace, `attn_iter${i + 1}`, tf.reshape(each, [2, 4, 256]), "stored");
    }
    const masks = masksAtResolution(attn.at(-1) as tf.Tensor4D, [64, 64]); // one a round
    await check(trace, "masks", masks, "stored");
    const argmax = await tf.argMax(masks, 1).data();
    expect(Array.from(argmax)).toEqual(Array.from(golden(trace, "mask_argmax").values));
  });

  it("goes to latents and back at the scale of the config", async () => {
    const config = { ...tinyConfig, vae: { ...tinyConfig.vae, scale_factor: 0.5 } };
    const images = asNHWC(vqvae, "img");
    const plain = imagesToLatents(params, tinyConfig, images);
    const doubled = imagesToLatents(params, config, images);
    const far = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).data();
    expect((await far(tf.mul(plain, 2), doubled))[0]).toBeLessThan(1e-6);
    const snapped = snapLatents(params, config, doubled);
    const once = snapLatents(params, tinyConfig, plain);
    expect((await far(tf.mul(once, 2), snapped))[0]).toBeLessThan(1e-6);
    expect((await far(once, plain))[0]).toBeGreaterThan(0.01); // snapping moved something
    const decoded = latentsToImages(params, config, doubled);
    expect((await far(decoded, latentsToImages(params, tinyConfig, once)))[0]).toBeLessThan(1e-4);
  });

  it("leaks no tensor, and one time serves a whole batch", async () => {
    const images = asNHWC(trace, "img");
    const before = tf.memory().numTensors;
    const initial = initialSlots(params, tinyConfig, 2);
    const { slots, attn } = encodeImages(params, tinyConfig, images, { initial });
    const latents = imagesToLatents(params, tinyConfig, images);
    const one = predict(params, tinyConfig, latents, 500.5, slots);
    const each = predict(params, tinyConfig, latents, [500.5, 500.5], slots);
    const snapped = snapLatents(params, tinyConfig, one);
    const back = latentsToImages(params, tinyConfig, snapped);
    expect(back.shape).toEqual(images.shape);
    expect(await one.data()).toEqual(await each.data());
    tf.dispose([initial, slots, attn, latents, one, each, snapped, back]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
