import { expect, test } from "vitest";

import { centreCrop } from "./frameCrop";

test("a wide picture loses its sides, a tall one top and bottom", () => {
  expect(centreCrop({ width: 640, height: 480 }, [64, 64])).toEqual({
    ...{ x: 80, y: 0, width: 480, height: 480 },
  });
  expect(centreCrop({ width: 300, height: 501 }, [128, 128])).toEqual({
    ...{ x: 0, y: 100, width: 300, height: 300 },
  });
});

test("the part has the shape of the model's pictures", () => {
  expect(centreCrop({ width: 640, height: 480 }, [64, 128])).toEqual({
    ...{ x: 0, y: 80, width: 640, height: 320 },
  });
});
