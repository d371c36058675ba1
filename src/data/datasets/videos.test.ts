/** Reading videos with a decoder that stands in for the browser's: Node has none. */
import { describe, expect, it } from "vitest";

import { nodeDecoders } from "../../../scripts/dataFiles";
import { openDataset, type Decoders } from "./dataset";
import { bytesOf, filesOf, readAll, type Named } from "./testFiles";

describe("videos", () => {
  const named: Named = { "b.webm": bytesOf("B"), "a.mp4": bytesOf("A") };
  const decode: Decoders = {
    ...nodeDecoders,
    videoFrames: async function* (file, { maxFrames }) {
      if ((await file.text()) === "B") throw new Error("no decoder");
      for (let i = 0; i < maxFrames + 5; i++)
        yield { width: 1, height: 1, data: Uint8ClampedArray.from([i, 0, 0, 255]) };
    },
  };

  it("become frames, none with a mask", async () => {
    const dataset = await openDataset(filesOf(named), decode, { limits: { maxFrames: 3 } });
    expect([dataset.format, dataset.count]).toEqual(["video", 6]);
    const examples = await readAll(dataset);
    expect(examples.map(({ name }) => name)).toEqual(["a.mp4#0000", "a.mp4#0001", "a.mp4#0002"]);
    expect(examples.every((example) => example.ids === null)).toBe(true);
    expect(dataset.skipped).toEqual([
      { path: "b.webm", reason: "a video that this browser cannot play" },
    ]);
  });

  it("are read in the page alone", async () => {
    await expect(openDataset(filesOf(named), nodeDecoders)).rejects.toThrow(
      "Drop the file on the page",
    );
  });
});
