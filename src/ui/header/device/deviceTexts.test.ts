/** The device and the work on it in words, and nothing that the browser did not tell. */
import { expect, test } from "vitest";

import type { DeviceInfo } from "../../../engine/protocol";
import type { DeviceDetails, StageUse, Usage } from "../../../engine/protocol/usage";
import { browserFacts, hardwareFacts, memoryFacts, stageRow, whereSentences } from "./deviceTexts";

const gpu: DeviceDetails = {
  ...{ kind: "webgpu", vendor: "acme", architecture: "", device: "", description: "" },
  ...{ hasF16: true, hasSubgroups: false, maxBufferBytes: 2e9, maxBindingBytes: 1e9 },
  ...{ maxWorkgroupBytes: 32768, maxInvocations: 256 },
};
const usage: Usage = {
  details: { kind: "wasm", hasSimd: true, threads: 3 },
  cores: 4,
  memory: { numTensors: 5, tensorBytes: 1e6, gpuBytes: null, peakTensors: 9, peakTensorBytes: 3e6 },
  stages: [],
  storage: { isLasting: true, isPersisted: false },
};
const denoise: StageUse = {
  ...{ stage: "denoise", runs: 1, parts: 2, elapsedMs: 1200, count: 1361, peakTensorBytes: 6e7 },
};

test("hardware says its limits, and leaves out what it does not tell", () => {
  expect(hardwareFacts(gpu, 4)).toMatchObject({
    ...{ Vendor: "acme", Architecture: null, "Largest buffer": "2.00 GB", Subgroups: "no" },
  });
  expect(hardwareFacts(usage.details, 4)).toEqual({ SIMD: "yes", Threads: "3 of 4 cores" });
  expect(whereSentences(gpu).join(" ")).toContain("compute dispatch");
  expect(whereSentences(null)).toHaveLength(3);
});

test("a stage of several parts says what one takes", () => {
  expect(stageRow(denoise)).toMatchObject({
    ...{ what: "U-Net, 2 steps", time: "1.2 s", timeEach: "600 ms a step" },
    ...{ count: "1,361", countEach: "681 a step" },
  });
  const one = stageRow({ ...denoise, parts: 1 });
  expect([one.what, one.timeEach, one.countEach]).toEqual(["U-Net, 1 step", "", ""]);
});

test("memory off the GPU says nothing of GPU buffers", () => {
  expect(memoryFacts(usage)["GPU buffers, spare ones included"]).toBeNull();
  expect(memoryFacts(usage)["Tensors at most"]).toBe(9);
});

test("the browser's features are those it was probed for", () => {
  const probes = (["webgpu", "webgl", "wasm"] as const).map((name) => ({
    ...{ name, reason: "" },
    status: name === "webgpu" ? ("missing" as const) : ("available" as const),
  }));
  const info: DeviceInfo = {
    ...{ backend: "wasm", description: "", threads: 3, isIsolated: true, probes },
  };
  expect(browserFacts(info, usage)).toEqual({
    WebGPU: "no",
    "WebGL 2": "yes",
    "Page isolated, as threads need": "yes",
    "Processor cores": 4,
    "Files kept between visits": "yes, unless it runs short of room",
  });
  expect(Object.keys(browserFacts(info, null))).toHaveLength(3);
});
