import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";

import { describeBackends } from "../../tests/backends";
import { gaussianArray, mulberry32 } from "../math/random";

import {
  broadcastDecoder,
  broadcastDecoderSpec,
  cellCentres,
  slotFrames,
} from "./broadcastDecoder";
import { disposeParams, initParams } from "./params";

const [B, K, D, side] = [2, 3, 8, 4];
const N = side * side;
const places = () => cellCentres([...Array(N).keys()], side, side);
const draw = () => {
  const rng = mulberry32(4);
  const p = initParams(broadcastDecoderSpec(D, 16), rng);
  const frames = tf.tensor3d(
    Array.from({ length: B * K }, (_, k) => [0.3 * k - 0.6, 0.4 - 0.2 * k, 0.3]).flat(),
    [B, K, 3],
  );
  return { p, frames, slots: tf.tensor3d(gaussianArray(rng, B * K * D), [B, K, D]) };
};

describeBackends("broadcastDecoder", () => {
  it("shares every place among the slots, whatever their order", async () => {
    const { p, slots, frames } = draw();
    const { image, masks } = broadcastDecoder(p, slots, frames, places());
    expect(image.shape).toEqual([B, N, 3]);
    expect(masks.shape).toEqual([B, K, N]);
    for (const total of await tf.sum(masks, 1).data()) expect(total).toBeCloseTo(1, 5);
    const turned = broadcastDecoder(p, tf.reverse(slots, 1), tf.reverse(frames, 1), places());
    const [max] = await tf.max(tf.abs(tf.sub(turned.image, image))).data();
    expect(max).toBeLessThan(1e-5);
    const same = await tf.max(tf.abs(tf.sub(tf.reverse(turned.masks, 1), masks))).data();
    expect(same[0]).toBeLessThan(1e-5);
  });

  it("draws another picture where another slot is, and other pixels at other places", async () => {
    const { p, slots, frames } = draw();
    const { image } = broadcastDecoder(p, slots, frames, places());
    const pixels = await image.array();
    const [first, second] = pixels;
    const distance = (a: number[] = [], b: number[] = []) =>
      Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? NaN))));
    expect(distance(first?.[0], second?.[0])).toBeGreaterThan(1e-3);
    expect(distance(first?.[0], first?.[side])).toBeGreaterThan(1e-3); // below
    expect(distance(first?.[0], first?.[1])).toBeGreaterThan(1e-3); // beside
  });

  it("has the gradient that finite differences have", async () => {
    const { p, slots, frames } = draw();
    const lossOf = (x: tf.Tensor3D): tf.Scalar =>
      tf.mean(tf.square(broadcastDecoder(p, x, frames, places()).image));
    const gradient = await tf
      .grad((x: tf.Tensor) => lossOf(x as tf.Tensor3D))(slots)
      .data();
    const values = await slots.data();
    const step = 1e-2;
    for (const at of [0, 9, 30]) {
      const moved = (by: number) =>
        tf.tensor3d(
          values.map((value, i) => (i === at ? value + by : value)),
          [B, K, D],
        );
      const [above = NaN] = await lossOf(moved(step)).data();
      const [below = NaN] = await lossOf(moved(-step)).data();
      expect(gradient[at]).toBeCloseTo((above - below) / (2 * step), 4);
    }
  });

  it("draws the same around a slot wherever it looks, but for the place itself", async () => {
    const { p, slots } = draw();
    const zero = {
      ...p,
      from_place: { weight: tf.concat([tf.zeros([2, 16]), tf.slice(p.from_place.weight, [2, 0])]) },
    };
    const frameAt = (y: number, x: number) =>
      tf.tile(tf.tensor3d([y, x, 0.2], [1, 1, 3]), [B, K, 1]);
    const here = broadcastDecoder(zero, slots, frameAt(0, 0), tf.tensor2d([[0.1, 0.2]]));
    const there = broadcastDecoder(zero, slots, frameAt(0.5, -0.4), tf.tensor2d([[0.6, -0.2]]));
    const [max] = await tf.max(tf.abs(tf.sub(here.image, there.image))).data();
    expect(max).toBeLessThan(1e-5);
  });

  it("finds the centre and the spread of attention", async () => {
    const attn = tf.buffer([1, 2, 4, 4]);
    attn.set(0.5, 0, 0, 0, 3); // top right alone
    for (let i = 0; i < 16; i++) attn.set(0.25, 0, 1, Math.floor(i / 4), i % 4); // everywhere
    const [corner, all] = (await slotFrames(attn.toTensor() as tf.Tensor4D).array())[0] ?? [];
    [-0.75, 0.75, Math.sqrt(1e-3)].forEach((value, i) => expect(corner?.[i]).toBeCloseTo(value, 4));
    [0, 0, Math.sqrt(0.3125 + 1e-3)].forEach((value, i) => expect(all?.[i]).toBeCloseTo(value, 4));
  });

  it("leaks no tensor", () => {
    const before = tf.memory().numTensors;
    const { p, slots, frames } = draw();
    const at = places();
    const drawn = broadcastDecoder(p, slots, frames, at);
    tf.dispose([slots, frames, at, ...Object.values(drawn)]);
    disposeParams(p);
    expect(tf.memory().numTensors).toBe(before);
  });
});
