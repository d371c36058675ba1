import { beforeAll, describe, expect, test } from "vitest";

import { useBackend } from "../../tests/backends";
import { tinyConfig } from "../../tests/tinyConfig";
import { mulberry32 } from "../math/random";
import { meanIoU } from "../metrics/iou";
import { disposeParams, initParams } from "../nn/params";
import { modelSpec } from "../slotdiffusion/model";
import { encodePicture, matchSlots } from "./inference";

describe("the slots that true objects are matched with", () => {
  test("are one each, the largest sum of overlaps", () => {
    const truth = Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 2);
    const found = Uint8Array.of(4, 4, 4, 1, 1, 1, 0, 0);
    expect(matchSlots(truth, found)).toEqual([4, 1, 0]);
  });

  test("are none where slots have run out or nothing overlaps", () => {
    expect(matchSlots(Uint8Array.of(0, 1, 2), Uint8Array.of(1, 1, 1))).toEqual(
      expect.arrayContaining([1, -1, -1]),
    );
    expect(matchSlots(Uint8Array.of(0, 0, 2), Uint8Array.of(3, 3, 5))).toEqual([3, -1, 5]);
  });
});

describe("encoding", () => {
  beforeAll(() => useBackend("cpu"));
  const [height, width] = tinyConfig.resolution;
  const rng = mulberry32(2);
  const input = {
    ...{ width, height },
    data: Uint8ClampedArray.from({ length: width * height * 4 }, () => 255 * rng()),
  };
  const groundTruth = Uint8Array.from({ length: width * height }, (_, i) =>
    i / width > 4 ? 1 : 0,
  );

  test("with more slots than usual gives that many, and scores them", async () => {
    const config = {
      ...tinyConfig,
      slot_dict: { ...tinyConfig.slot_dict, init: "gaussian" as const },
    };
    const params = initParams(modelSpec(config), mulberry32(1));
    const usual = await encodePicture({ params, config }, { input, seed: 1, groundTruth });
    const more = await encodePicture(
      { params, config },
      { input, seed: 1, groundTruth, numSlots: 6 },
    );
    disposeParams(params);
    expect([usual.numSlots, more.numSlots]).toEqual([config.slot_dict.num_slots, 6]);
    expect(more.slots).toHaveLength(6 * more.slotSize);
    expect(more.matches).toEqual(matchSlots(groundTruth, more.segmentation));
    expect(more.scores?.mIoU).toBe(meanIoU(groundTruth, more.segmentation));
  });

  test("without truth has neither scores nor matches", async () => {
    const params = initParams(modelSpec(tinyConfig), mulberry32(1));
    const { scores, matches } = await encodePicture(
      { params, config: tinyConfig },
      { input, seed: 1, groundTruth: null },
    );
    disposeParams(params);
    expect([scores, matches]).toEqual([null, null]);
  });
});
