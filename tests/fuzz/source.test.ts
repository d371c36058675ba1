/** No text becomes code or markup: the words by which it could are not in the source. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const forbidden: readonly [name: string, pattern: RegExp][] = [
  ["eval", /\beval\s*\(/],
  ["new Function", /\bnew\s+Function\b|\bFunction\s*\(\s*["'`]/],
  ["code as text for a timer", /\bset(?:Timeout|Interval)\s*\(\s*["'`]/],
  ["innerHTML", /\b(?:inner|outer)HTML\b/],
  ["insertAdjacentHTML", /\binsertAdjacentHTML\b/],
  ["dangerouslySetInnerHTML", /\bdangerouslySetInnerHTML\b/],
  ["document.write", /\bdocument\s*\.\s*write(?:ln)?\b/],
  ["parsing markup", /\b(?:DOMParser|createContextualFragment|srcdoc|srcDoc)\b/],
  ["a javascript: address", /["'`]javascript:/i],
];

const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
  .map((file): [string, string] => [file, readFileSync(join("src", file), "utf8")]);

const found = (files: readonly [string, string][]): string[] =>
  files.flatMap(([file, text]) =>
    forbidden.filter(([, pattern]) => pattern.test(text)).map(([name]) => `${file}: ${name}`),
  );

it("the source makes neither code nor markup of text", () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(found(sources)).toEqual([]);
});

it("each of the words would be seen", () => {
  const bad = [
    ...["eval(text)", "new Function(text)", 'setTimeout("x", 1)', "node.innerHTML = text"],
    ...["node.insertAdjacentHTML(text)", "dangerouslySetInnerHTML={x}", "document.write(text)"],
    ...["new DOMParser()", 'href="javascript:x"'],
  ];
  expect(found(bad.map((text) => ["a.ts", text]))).toHaveLength(forbidden.length);
});
