/** Cards become blocks; what is no mark stays text. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { parseInline, parseMarkdown } from "./parseMarkdown";

const text = (words: string) => ({ kind: "text", text: words });

test("headings, paragraphs over lines, lists and tables are told apart", () => {
  const card =
    "# A model\nfirst\nline\n\n## How\n- one - with a dash\n  and more\n- **two**\n| a | b |\n|---|--:|\n| 1 | `x` |";
  expect(parseMarkdown(card)).toEqual([
    { kind: "heading", level: 1, text: [text("A model")] },
    { kind: "paragraph", text: [text("first line")] },
    { kind: "heading", level: 2, text: [text("How")] },
    {
      kind: "list",
      items: [[text("one - with a dash and more")], [{ kind: "bold", text: "two" }]],
    },
    {
      kind: "table",
      head: [[text("a")], [text("b")]],
      rows: [[[text("1")], [{ kind: "code", text: "x" }]]],
    },
  ]);
});

test("only addresses of the web become links", () => {
  expect(parseInline("see [the paper](https://arxiv.org/abs/2305.11281).")).toEqual([
    text("see "),
    { kind: "link", text: "the paper", url: "https://arxiv.org/abs/2305.11281" },
    text("."),
  ]);
  for (const line of ["[x](javascript:alert(1))", "<b>x</b>", "a * b ** c", "``"])
    expect(parseInline(line)).toEqual([text(line)]);
});

test("an empty text has no blocks", () => expect(parseMarkdown("\n \n")).toEqual([]));

test("the card of a model that comes with the page keeps its numbers", () => {
  const blocks = parseMarkdown(readFileSync("models/clevr64/card.md", "utf8"));
  const tables = blocks.flatMap((block) => (block.kind === "table" ? [block] : []));
  expect(tables.flatMap(({ rows }) => rows).some(([name]) => name?.[0]?.text === "FG-ARI")).toBe(
    true,
  );
  expect(blocks[0]).toMatchObject({ kind: "heading", level: 1 });
});
