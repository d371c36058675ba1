/**
 * The product's main job, in a built site, with the shipped model: a picture from disk to masks, a slot from one scene to
 * another, a new picture; once on WASM and once on WebGPU. Few steps: SwiftShader computes about 1 GFLOP/s.
 */
import { decode } from "fast-png";
import { readFileSync } from "node:fs";

import { fitIds } from "../src/data/idMask";
import { adjustedRandIndex } from "../src/metrics/ari";
import {
  cardFgAri,
  chipFace,
  drag,
  chooseSettings,
  expect,
  openPlayground,
  readCanvas,
  render,
  segmentations,
  test,
  waitForPicture,
  waitForSlots,
  type Backend,
} from "./playground";

const stepsOn: Record<Backend, number> = { wasm: 6, webgpu: 2 };

/** Object ids of a sample at the model's resolution. */
function groundTruth(sample: string): Uint8Array {
  const { width, height, data } = decode(readFileSync(`public/samples/masks/${sample}.png`));
  return fitIds({ width, height, ids: Uint8Array.from(data) }, "crop", [64, 64]);
}

/** Mean absolute difference of two RGB pictures where `where` holds. */
function difference(a: number[], b: number[], where: (pixel: number) => boolean): number {
  const diffs = a.map((value, i) =>
    where(Math.floor(i / 3)) ? Math.abs(value - (b[i] ?? 0)) : null,
  );
  const counted = diffs.filter((value) => value !== null);
  return counted.reduce((sum, value) => sum + value, 0) / counted.length;
}

/** The slot (from 0) of sample 00 that holds its yellow sphere, and the one of sample 03 that holds its green cube. */
const sphereOf00 = 5;
const cubeOf03 = 2;

for (const backend of ["wasm", "webgpu"] as const) {
  test(`a picture from disk becomes slots as good as the card says, on ${backend}`, async ({
    page,
  }) => {
    test.setTimeout(480_000);
    await openPlayground(page, backend);
    await page.getByLabel("Image files").setInputFiles("public/samples/05.png");
    await waitForSlots(page, "C");
    await expect(page.getByTestId("scene-C").getByRole("list").first()).toBeVisible();
    for (let position = 0; position < 7; position++)
      await expect(chipFace(page, "C", position)).toBeVisible();
    const masks = await readCanvas(page, "masks-C");
    expect(new Set(masks).size, "masks are painted").toBeGreaterThan(10);
    const segmentation = (await segmentations(page)).at(-1) ?? [];
    const fgAri = adjustedRandIndex(groundTruth("05"), segmentation, { ignoreBackground: true });
    expect(Math.abs(fgAri - cardFgAri("05"))).toBeLessThanOrEqual(0.02);
  });

  test(`a slot dragged into another scene changes the picture where its mask was, on ${backend}`, async ({
    page,
    browser,
  }) => {
    test.setTimeout(900_000);
    await openPlayground(page, backend);
    await waitForSlots(page, "A");
    await waitForSlots(page, "B");
    await chooseSettings(page, { sampler: "dpm-solver++2m", steps: stepsOn[backend], seed: 1 });
    await page.getByRole("button", { name: "Generate scene A", exact: true }).click();
    await waitForPicture(page, "A");
    const before = await readCanvas(page, "output-A");

    const [segmentationA = [], segmentationB = []] = (await segmentations(page)).slice(-2);
    const replaced = sphereOf00;
    const added = cubeOf03;
    await drag(page, chipFace(page, "B", added), chipFace(page, "A", replaced));
    await expect(page.getByTestId("announcement")).toContainText(`of scene A`);
    await waitForPicture(page, "A"); // it generates by itself after an edit
    const after = await readCanvas(page, "output-A");
    const inMask = difference(before, after, (pixel) => segmentationA[pixel] === replaced);
    const elsewhere = difference(
      before,
      after,
      (pixel) => segmentationA[pixel] !== replaced && segmentationB[pixel] !== added,
    );
    expect(inMask, "mean change where the replaced slot was").toBeGreaterThan(4 * elsewhere);

    await chooseSettings(page, { seed: 2 });
    await expect(render(page, "A")).toHaveAttribute("data-stale", "true");
    await page.getByRole("button", { name: "Generate scene A again" }).click();
    await waitForPicture(page, "A");
    expect(await readCanvas(page, "output-A"), "another seed, another picture").not.toEqual(after);

    await chooseSettings(page, { seed: 1 });
    await page.getByRole("button", { name: "Generate scene A again" }).click();
    await waitForPicture(page, "A");
    expect(await readCanvas(page, "output-A"), "the same seed, the same pixels").toEqual(after);

    await page.getByRole("button", { name: "Copy link" }).click();
    await expect(page.getByTestId("announcement")).toHaveText("Link copied.");
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const other = await browser.newContext({
      viewport: { width: 1440, height: 900 },
    });
    const visitor = await other.newPage();
    if (backend === "webgpu") {
      await visitor.addInitScript(() =>
        localStorage.setItem("slotdiffusion-playground.backend", '"webgpu"'),
      );
    }
    await visitor.goto(link);
    await waitForPicture(visitor, "A");
    expect(await readCanvas(visitor, "output-A"), "the link's picture").toEqual(after);
    await other.close();
  });
}
