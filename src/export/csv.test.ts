import fc from "fast-check";
import { expect, test } from "vitest";

import { measuredCsv, toCsv } from "./csv";

/** The records of a CSV file by the grammar of RFC 4180. */
function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (!found) throw new Error("csv: not RFC 4180.");
    record.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? "");
    if (found[3] === ",") continue;
    records.push(record);
    record = [];
  }
  return records;
}

test("cells with commas, quotes and line ends are quoted, others are not", () => {
  const text = toCsv(
    ["a", "b"],
    [
      ["plain", "one, two"],
      ['say "no"', "two\nlines"],
      [1.5, -2e-7],
      [null, NaN],
    ],
  );
  expect(text).toBe('a,b\r\nplain,"one, two"\r\n"say ""no""","two\nlines"\r\n1.5,-2e-7\r\n,\r\n');
});

test("any text is read back as it was", () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab,"\r\n;é 1') });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text, text)), (rows) => {
      expect(readCsv(toCsv(["x", "y", "z"], rows))).toEqual([["x", "y", "z"], ...rows]);
    }),
  );
});

test("numbers are read back to the last bit", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      const cell = readCsv(toCsv(["x"], [[value]]))[1]?.[0];
      expect(Number(cell)).toBe(value === 0 ? 0 : value); // -0 is written 0
    }),
  );
});

test("a row of another length is refused", () => {
  expect(() => toCsv(["a", "b"], [["1", "2"], ["3"]])).toThrow("2 cells in row 2, got 1");
});

test("an evaluation is one line a model and metric", () => {
  const text = measuredCsv({
    protocol: "masks, argmax; two seeds",
    numPictures: 32,
    numWithTruth: 30,
    models: [
      { title: "sprites", numSlots: 7, metrics: { fgAri: { mean: 0.91, standardError: 0.01 } } },
      {
        title: 'mine, "best"',
        numSlots: 5,
        metrics: {
          fgAri: { mean: 0.5, standardError: NaN },
          psnr: { mean: 21.25, standardError: 0.125 },
        },
      },
    ],
  });
  const shared = ["32", "30", "masks, argmax; two seeds"];
  expect(readCsv(text)).toEqual([
    [
      "model",
      "metric",
      "mean",
      "standard_error",
      "slots",
      "pictures",
      "pictures_with_truth",
      "protocol",
    ],
    ["sprites", "fgAri", "0.91", "0.01", "7", ...shared],
    ['mine, "best"', "fgAri", "0.5", "", "5", ...shared],
    ['mine, "best"', "psnr", "21.25", "0.125", "5", ...shared],
  ]);
});
