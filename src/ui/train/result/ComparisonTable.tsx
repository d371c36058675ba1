/** Metric by model: mean and standard error, the better one marked where the difference is real. */
import type { EvaluationTable } from "../../../engine/protocol/training";
import { PixelsCanvas } from "../../common/Canvas";
import { plural } from "../../common/count";
import { LookTile } from "../../common/LookTile";
import { betterOf, metricNames, metricOf, metricText } from "./metrics";
import styles from "./Result.module.css";

function Row({ name, table: { models } }: { name: string; table: EvaluationTable }) {
  const better = betterOf(
    name,
    models.map(({ metrics }) => metrics[name]),
  );
  return (
    <tr>
      <th scope="row">{metricOf(name).title}</th>
      {models.map(({ metrics, title }, at) => (
        <td key={`${at} ${title}`} className={at === better ? styles.better : undefined}>
          {metricText(name, metrics[name])}
          {at === better && <span className="visually-hidden"> (better)</span>}
        </td>
      ))}
    </tr>
  );
}

function Pictures({ models }: Pick<EvaluationTable, "models">) {
  const first = models[0];
  if (!first || first.pictures.length === 0) return null;
  return (
    <ul className={styles.pictures} aria-label="The same pictures by each model">
      {first.pictures.map(({ name, input }, at) => (
        <li key={at}>
          <PixelsCanvas pixels={input} role="img" aria-label={name} className={styles.input} />
          {models.map(({ title, pictures }, column) => {
            const picture = pictures[at];
            return picture ? (
              <div key={column}>
                <p>{title}</p>
                <LookTile picture={picture} hasInput={false} />
              </div>
            ) : null;
          })}
        </li>
      ))}
    </ul>
  );
}

type ComparisonTableProps = {
  table: EvaluationTable;
  /** Accessible name. */
  label: string;
};

export function ComparisonTable({ table, label }: ComparisonTableProps) {
  return (
    <>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={label}>
        <table className={styles.table} data-testid="comparison">
          <caption>
            {plural(table.numPictures, "picture")}, {table.numWithTruth} with true masks; the same
            pictures and seeds for each model. Mean ± standard error; the better one is marked where
            they differ by more than both errors together.
          </caption>
          <thead>
            <tr>
              <th scope="col">Metric</th>
              {table.models.map(({ title, numSlots }, at) => (
                <th key={`${at} ${title}`} scope="col">
                  {title} <span>K = {numSlots}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {metricNames(table).map((name) => (
              <Row key={name} name={name} table={table} />
            ))}
          </tbody>
        </table>
      </div>
      <details className={styles.protocol}>
        <summary>How this was measured</summary>
        <p>{table.protocol}</p>
      </details>
      <Pictures models={table.models} />
    </>
  );
}
