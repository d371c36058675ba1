import { expect, test } from "vitest";

import { sortFiles } from "./sortFiles";

const file = (name: string) => new File(["x"], name);

test("tells weights, config and pictures apart by their endings", () => {
  const files = ["a.PNG", "model.safetensors", "config.json", "b.jpg"].map(file);
  const { weights, config, pictures } = sortFiles(files);
  expect(weights?.name).toBe("model.safetensors");
  expect(config?.name).toBe("config.json");
  expect(pictures.map(({ name }) => name)).toEqual(["a.PNG", "b.jpg"]);
});

test("reads PyTorch's endings as weights and lets the config be absent", () => {
  expect(sortFiles([file("model.pth")])).toMatchObject({ config: null, pictures: [] });
  expect(sortFiles([file("epoch.CKPT")]).weights?.name).toBe("epoch.CKPT");
  expect(sortFiles([]).weights).toBeNull();
});
