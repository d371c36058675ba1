/** The split: a picture's own draw, stable while others come and go. */
import { describe, expect, it } from "vitest";

import { mulberry32 } from "../../math/random";
import { heldOutOf, splitPictures } from "./split";

const rng = mulberry32(5);
const hex8 = (): string =>
  Math.floor(rng() * 2 ** 32)
    .toString(16)
    .padStart(8, "0");
const ids = Array.from({ length: 1000 }, () => hex8() + hex8());

describe("splitPictures", () => {
  it("is the same for the same seed, another for another, and holds out about its share", () => {
    const split = { seed: 3, heldOut: 0.2 };
    const heldOut = splitPictures(ids, split);
    expect(splitPictures([...ids].reverse(), split)).toEqual(heldOut);
    expect(heldOut.size).toBeGreaterThan(160);
    expect(heldOut.size).toBeLessThan(240);
    const other = splitPictures(ids, { ...split, seed: 4 });
    const both = [...heldOut].filter((id) => other.has(id)).length;
    expect(both).toBeLessThan(80); // 40 by chance
  });

  it("keeps every picture on its side when others are added or removed", () => {
    const split = { seed: 1, heldOut: 0.25 };
    const all = splitPictures(ids, split);
    for (const some of [ids.slice(0, 500), ids.slice(300), ids.filter((_, i) => i % 3 > 0)])
      expect(splitPictures(some, split)).toEqual(new Set(some.filter((id) => all.has(id))));
  });

  it("grows with its share: who was held out stays so", () => {
    const small = splitPictures(ids, { seed: 1, heldOut: 0.1 });
    const large = splitPictures(ids, { seed: 1, heldOut: 0.4 });
    expect([...small].every((id) => large.has(id))).toBe(true);
    expect(large.size).toBeGreaterThan(small.size);
  });

  it("of two or more has one on either side", () => {
    for (let count = 2; count <= 5; count++)
      for (let seed = 0; seed < 50; seed++)
        for (const heldOut of [0, 0.1, 0.5]) {
          const { size } = splitPictures(ids.slice(0, count), { seed, heldOut });
          expect(size).toBeGreaterThanOrEqual(1);
          expect(size).toBeLessThan(count);
        }
    expect(splitPictures(ids.slice(0, 1), { seed: 0, heldOut: 0.5 }).size).toBe(0);
    expect(splitPictures([], { seed: 0, heldOut: 0.5 }).size).toBe(0);
  });
});

describe("heldOutOf", () => {
  const picture = (id: string, kin: string) => ({
    ...{ id, kin, name: "", chunk: 0, at: 0, hasMask: false, twinOf: null, look: "" },
  });

  it("never parts pictures that look the same", () => {
    const pictures = ids.slice(0, 300).map((id, i) => picture(id, ids[i - (i % 3)] ?? id));
    const heldOut = heldOutOf({ pictures, split: { seed: 2, heldOut: 0.3 } });
    for (const { id, kin } of pictures) expect(heldOut.has(id)).toBe(heldOut.has(kin));
    expect(heldOut.size).toBeGreaterThan(50);
  });

  it("parts them where all look the same: else nothing could be evaluated", () => {
    const pictures = ids.slice(0, 20).map((id) => picture(id, ids[0] ?? id));
    const { size } = heldOutOf({ pictures, split: { seed: 2, heldOut: 0.2 } });
    expect(size).toBeGreaterThanOrEqual(1);
    expect(size).toBeLessThan(20);
  });
});
