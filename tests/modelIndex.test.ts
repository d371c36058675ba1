/** models/index.json says of each model what its config and its card say: numbers live in the card. */
import { readFileSync, statSync } from "node:fs";
import { expect, test } from "vitest";

import index from "../models/index.json";
import { modelConfigSchema } from "../src/slotdiffusion/config";

const models = index.map((model) => [model.id, model] as const);
const read = (path: string): string => readFileSync(path, "utf8");
const plain = (text: string): string => text.replaceAll(/[`*]/g, "").replaceAll(/\s+/g, " ");

/** Cells of every row that is a Markdown table's. */
const rowsOf = (card: string): string[][] =>
  card
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").slice(1, -1))
    .map((cells) => cells.map((cell) => plain(cell).trim()));

/** The cell of a metric in the column whose heading begins with the number of pictures. */
function cellOf(card: string, name: string, n: number): string {
  const rows = rowsOf(card);
  const row = rows.findIndex(([first]) => first === name);
  const isHeading = (cells: string[]): boolean => cells[0] === "metric";
  const heading = rows.slice(0, row).findLast(isHeading) ?? [];
  const column = heading.findIndex((cell) => parseInt(cell.replaceAll(",", ""), 10) === n);
  return rows[row]?.[column] ?? "";
}

/** "0.722 ± 0.007 dB" as two numbers; the second is missing where the cell gives none. */
function parseCell(cell: string): { value: number; error?: number } {
  const [value = NaN, error] = cell.split("±").map((part) => parseFloat(part));
  return error === undefined ? { value } : { value, error };
}

test.each(models)("the numbers of %s are those of its card", (_id, model) => {
  const card = read(model.card);
  expect(model.metrics.length).toBeGreaterThan(0);
  for (const { name, n, protocol, value, error } of model.metrics) {
    expect({ name, ...parseCell(cellOf(card, name, n)) }).toEqual({
      name,
      value,
      ...(error !== undefined && { error }),
    });
    for (const phrase of protocol.split("; ")) expect(plain(card)).toContain(phrase);
  }
});

test.each(models)("%s is as large, as fine and as free as the index says", (id, model) => {
  const config = modelConfigSchema.parse(JSON.parse(read(`models/${id}/config.json`)));
  expect(model.resolution).toEqual(config.resolution);
  expect(model.numSlots).toBe(config.slot_dict.num_slots);
  expect(model.bytes).toBe(statSync(`models/${id}/weights.safetensors`).size);
  expect(plain(read(model.card))).toContain(`Licence: ${model.license}`);
});

test("a number that the card does not hold is noticed", () => {
  const card = read("models/clevr64/card.md");
  expect(parseCell(cellOf(card, "FG-ARI", 1000))).not.toEqual(
    parseCell(cellOf(card, "FG-ARI", 12)),
  );
  expect(parseCell(cellOf(card, "no such metric", 1000)).value).toBeNaN();
});
