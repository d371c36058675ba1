import { describe, expect, it } from "vitest";

import { readJsonElements } from "./jsonElements";
import { collect } from "./testFiles";

const tricky = {
  info: { images: [{ id: 0 }], text: 'a "quoted" [brace} \\' },
  images: [
    { id: 1, name: '}]{["\\' },
    { id: 2, inner: { images: [{ id: 9 }] } },
  ],
  annotations: [{ é: "ü" }, 5, "text", [{ id: 8 }], { list: [[1, 2], [3]] }, {}],
  licenses: [{ id: 7 }],
};
const keys = ["images", "annotations"];

/** A blob whose stream comes in pieces of one length. */
class Pieces extends Blob {
  constructor(
    private readonly content: Blob,
    private readonly length: number,
  ) {
    super([content]);
  }
  override stream(): ReturnType<Blob["stream"]> {
    const { content, length } = this;
    let at = 0;
    return new ReadableStream({
      async pull(controller) {
        if (at >= content.size) return controller.close();
        controller.enqueue(new Uint8Array(await content.slice(at, at + length).arrayBuffer()));
        at += length;
      },
    });
  }
}

const read = (blob: Blob, maxBytes = 1000) => collect(readJsonElements(blob, keys, maxBytes));

describe("readJsonElements", () => {
  it("gives the objects of the arrays asked for, with their places, however the bytes arrive", async () => {
    for (const indent of [0, 2]) {
      const blob = new Blob([JSON.stringify(tricky, null, indent)]);
      for (const length of [1, 2, 7, 64, 9999]) {
        const found = await read(new Pieces(blob, length));
        expect(found.map(({ key, value }) => [key, value])).toEqual([
          ...tricky.images.map((value) => ["images", value]),
          ...[0, 4, 5].map((i) => ["annotations", tricky.annotations[i]]),
        ]);
        for (const { value, begin, end } of found)
          expect(JSON.parse(await blob.slice(begin, end).text())).toEqual(value);
      }
    }
  });

  it("finds nothing where there is nothing", async () => {
    for (const text of ["{}", "[]", '{"images": {}, "annotations": 3}', '[{"images": [{}]}]'])
      expect(await read(new Blob([text]))).toEqual([]);
  });

  it("refuses what is cut short, damaged or too large", async () => {
    const whole = JSON.stringify(tricky);
    for (const length of [0, 10, whole.length - 1, whole.indexOf('"list"')])
      await expect(read(new Blob([whole.slice(0, length)]))).rejects.toThrow("ends early");
    await expect(read(new Blob(['{"images": [{id: 1}]}']))).rejects.toThrow("a damaged json");
    const large = new Blob([`{"images": [{"name": "${"x".repeat(2000)}"}]}`]);
    await expect(read(new Pieces(large, 100))).rejects.toThrow("too large");
    await expect(read(large)).rejects.toThrow("too large");
  });
});
