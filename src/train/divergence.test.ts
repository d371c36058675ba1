import { expect, it } from "vitest";

import { gaussianArray, mulberry32 } from "../math/random";

import { createDivergenceWatch, DivergenceError, type DivergenceWatch } from "./divergence";

const feed = (watch: DivergenceWatch, losses: ArrayLike<number>, stage = "slots"): void =>
  Array.from(losses).forEach((loss, i) => watch.add({ stage, step: i + 1, loss }));

const curve = (length: number, lossAt: (step: number) => number): number[] =>
  Array.from({ length }, (_, step) => lossAt(step));

it("stops a loss that ran away, after thirty steps of it", () => {
  const watch = createDivergenceWatch();
  feed(
    watch,
    curve(100, (step) => 0.8 * 0.97 ** step),
  );
  feed(
    watch,
    curve(29, () => 5),
  );
  expect(watch.isSuspicious()).toBe(true);
  const more = () => feed(watch, [5]);
  expect(more).toThrow(DivergenceError);
  expect(more).toThrow(/smaller learning rate/);
});

it("stops a loss that explodes with the warm-up", () => {
  const losses = curve(60, (step) => (step < 6 ? 1 : 1e6 * (1 + (step % 7))));
  expect(() => feed(createDivergenceWatch(), losses)).toThrow(/step 36 of slots/);
});

it("stops a loss that jumps up and down, mostly up", () => {
  const noise = gaussianArray(mulberry32(3), 300);
  const lost = curve(300, (step) => 0.8 * Math.exp(noise[step] ?? 0));
  expect(() => feed(createDivergenceWatch(), [...curve(60, () => 0.05), ...lost])).toThrow(
    DivergenceError,
  );
});

it("stops a model that was good from the start and forgets everything", () => {
  const noise = gaussianArray(mulberry32(1), 400);
  const good = curve(200, (step) => 0.02 * Math.exp(0.5 * (noise[step] ?? 0)));
  const lost = curve(200, (step) => 0.9 * Math.exp(0.2 * (noise[200 + step] ?? 0)));
  expect(() => feed(createDivergenceWatch(), [...good, ...lost])).toThrow(DivergenceError);
});

it("leaves ordinary curves alone: noisy ones, bumps, and batches of one with rare high losses", () => {
  const rng = mulberry32(7);
  const noise = gaussianArray(rng, 20_000);
  const heavy = curve(20_000, (step) => 0.05 * Math.exp(1.5 * (noise[step] ?? 0)));
  const rare = curve(20_000, () => (rng() < 0.3 ? 1 : 0.01));
  const falling = curve(
    20_000,
    (step) => (0.9 / (1 + step / 100) + 0.02) * (1 + 0.5 * Math.abs(noise[step] ?? 0)),
  );
  const bump = curve(400, (step) => (step >= 200 && step < 225 ? 3 : 0.1));
  for (const losses of [heavy, rare, falling, bump])
    expect(() => feed(createDivergenceWatch(), losses)).not.toThrow();
});

it("leaves a loss alone that rises to where it began: quantisation sets in late", () => {
  const losses = [...curve(50, (step) => 0.9 - 0.015 * step), ...curve(200, () => 0.5)];
  expect(() => feed(createDivergenceWatch(), losses, "vqvae")).not.toThrow();
});

it("counts each stage anew", () => {
  const watch = createDivergenceWatch();
  feed(
    watch,
    curve(100, () => 0.01),
    "vqvae",
  );
  expect(() =>
    feed(
      watch,
      curve(100, () => 1),
      "binding",
    ),
  ).not.toThrow();
});
