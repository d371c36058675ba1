/** Writes the README's parity table from what the parity tests measured: `npm run parity`. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule } from "vitest/node";

const backends = ["cpu", "wasm", "webgpu"] as const;
type Row = { official: string; errors: Partial<Record<string, number>> };

const begin = "<!-- parity: written by npm run parity -->";
const end = "<!-- end of parity -->";

const cell = (error: number | undefined): string =>
  error === undefined ? "–" : error === 0 ? "exact" : error.toExponential(1);

export default class ParityReporter implements Reporter {
  private readonly rows = new Map<string, Row>();

  onTestCaseResult(test: TestCase): void {
    const { parity } = test.meta();
    if (!parity || test.result().state !== "passed") return;
    const row = this.rows.get(parity.module) ?? { official: parity.official, errors: {} };
    row.errors[parity.backend] = Math.max(row.errors[parity.backend] ?? 0, parity.maxError);
    this.rows.set(parity.module, row);
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const isGreen = modules.every((module) => module.ok());
    const lines = [...this.rows]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([module, { official, errors }]) => {
        const measured = backends.map((backend) => cell(errors[backend]));
        return `| ${module} | \`${official}\` | ${measured.join(" | ")} |`;
      });
    const table = [
      `| module | official code | ${backends.join(" | ")} |`,
      "|---|---|---|---|---|",
      ...lines,
    ];
    console.log(table.join("\n"));
    if (!isGreen) return console.error("parity: a test failed, the README is left as it is.");
    const readme = readFileSync("README.md", "utf8");
    const [head, rest] = [readme.indexOf(begin), readme.indexOf(end)];
    if (head < 0 || rest < head)
      throw new Error(`parity: README.md has no "${begin}" ... "${end}".`);
    writeFileSync(
      "README.md",
      `${readme.slice(0, head)}${begin}\n\n${table.join("\n")}\n\n${readme.slice(rest)}`,
    );
  }
}
