/** Measurements as files: tables for spreadsheets, and everything as JSON. */
import type { EvaluationTable } from "../engine/protocol/training";
import { measuredCsv, toCsv, type CsvCell } from "../export/csv";
import { ablationNames, type MeasuredFile, type MeasureSlice } from "./measureState";

/** A file to hand to the browser's downloads. */
export type NamedFile = { name: string; file: Blob };

const csvFile = (name: string, text: string): NamedFile => ({
  name,
  file: new Blob([text], { type: "text/csv" }),
});

/** A model's title in a file's name. */
const slug = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "") || "model";

/** What was measured, as a file. */
export function measuredFile(table: EvaluationTable, file: MeasuredFile): NamedFile {
  const name = `measured-${table.models.map(({ title }) => slug(title)).join("-")}`;
  if (file === "table") return csvFile(`${name}.csv`, measuredCsv(table));
  if (file === "pictures") return csvFile(`${name}-pictures.csv`, picturesCsv(table));
  const text = JSON.stringify({ ...table, models: table.models.map(withoutPixels) }, null, 2);
  return { name: `${name}.json`, file: new Blob([text], { type: "application/json" }) };
}

/** Numbers alone; what is no number becomes null. */
const withoutPixels = ({
  pictures: _pictures,
  ...model
}: EvaluationTable["models"][number]): unknown => model;

/** A line a model and picture, a column a metric. */
function picturesCsv({ models }: EvaluationTable): string {
  const all = models.flatMap(({ title, rows = [] }) => rows.map((row) => ({ title, ...row })));
  const metrics = [...new Set(all.flatMap((row) => Object.keys(row.metrics)))];
  return toCsv(
    ["model", "picture", ...metrics],
    all.map((row) => [
      row.title,
      row.name,
      ...metrics.map((metric) => row.metrics[metric] ?? null),
    ]),
  );
}

/** Every point of every ablation: a line a metric, times in milliseconds a picture. */
export function ablationsFile(ablations: MeasureSlice["ablations"]): NamedFile {
  const lines = ablationNames.flatMap((name) => {
    const { title = "", protocol = "", points = [] } = ablations[name] ?? {};
    return points.flatMap(({ value, sampler, metrics, times }) =>
      Object.entries(metrics).map(([metric, { mean, standardError }]): CsvCell[] => [
        ...[title, name, value, sampler, metric, mean, standardError],
        ...[times.segmentMs, times.drawMs, protocol],
      ]),
    );
  });
  const header = ["model", "varied", "value", "sampler", "metric", "mean", "standard_error"];
  return csvFile(
    "ablations.csv",
    toCsv([...header, "segment_ms", "draw_ms", "protocol_of_last_point"], lines),
  );
}
