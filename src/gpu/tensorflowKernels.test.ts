import { expect, it } from "vitest";

import { paddingOf, registerTensorflowKernels } from "./tensorflowKernels";

const filter = [3, 3, 4, 8];
const x = [2, 16, 16, 4];

it("says SAME where the numbers mean it, at stride 1 and at the VQ-VAE's stride 2", () => {
  expect(paddingOf(x, filter, { strides: 1, pad: 1 })).toEqual({ word: "same", zeros: null });
  const rightAndBottom: [[0, 0], [number, number], [number, number], [0, 0]] = [
    [0, 0],
    [0, 1],
    [0, 1],
    [0, 0],
  ];
  expect(
    paddingOf(x, filter, { strides: 2, pad: rightAndBottom, dimRoundingMode: "floor" }),
  ).toEqual({
    word: "same",
    zeros: null,
  });
  expect(paddingOf(x, filter, { strides: 2, pad: "same" })).toEqual({ word: "same", zeros: null });
});

it("says VALID for no padding", () => {
  expect(paddingOf(x, [1, 1, 4, 8], { strides: 1, pad: 0 })).toEqual({
    word: "valid",
    zeros: null,
  });
  expect(paddingOf(x, filter, { strides: 1, pad: "valid" })).toEqual({
    word: "valid",
    zeros: null,
  });
});

it("asks for zeros where no word fits: symmetric padding at stride 2", () => {
  expect(paddingOf(x, filter, { strides: 2, pad: 1, dimRoundingMode: "floor" })).toEqual({
    word: "valid",
    zeros: [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ],
  });
});

it("tells what to do where tfjs-node is not loaded", () => {
  expect(() => registerTensorflowKernels()).toThrow(/Load tfjs-node first/);
});
