/** Tables as comma-separated values: RFC 4180, which spreadsheets and pandas read. Lines end in CR LF. */

/** null and NaN, a number that is not known, are empty cells. */
export type CsvCell = string | number | null;

/** A header and its rows. @param rows - each as long as the header */
export function toCsv(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  for (const [i, row] of rows.entries())
    if (row.length !== header.length)
      throw new Error(`toCsv: expected ${header.length} cells in row ${i + 1}, got ${row.length}.`);
  return [header, ...rows].map((row) => `${row.map(writeCell).join(",")}\r\n`).join("");
}

function writeCell(cell: CsvCell): string {
  if (cell === null || Number.isNaN(cell)) return "";
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What of an evaluation is written; the engine's EvaluationTable is one. */
export type MeasuredTable = {
  protocol: string;
  numPictures: number;
  numWithTruth: number;
  models: readonly {
    title: string;
    numSlots: number;
    metrics: Readonly<Record<string, { mean: number; standardError: number }>>;
  }[];
};

const measuredHeader = [
  "model",
  "metric",
  "mean",
  "standard_error",
  "slots",
  "pictures",
  "pictures_with_truth",
  "protocol",
];

/** One line for each model and metric, with all that the number depends on: lines of several tables may be joined. */
export const measuredCsv = ({
  protocol,
  numPictures,
  numWithTruth,
  models,
}: MeasuredTable): string =>
  toCsv(
    measuredHeader,
    models.flatMap(({ title, numSlots, metrics }) =>
      Object.entries(metrics).map(([metric, { mean, standardError }]) => [
        title,
        metric,
        mean,
        standardError,
        numSlots,
        numPictures,
        numWithTruth,
        protocol,
      ]),
    ),
  );
