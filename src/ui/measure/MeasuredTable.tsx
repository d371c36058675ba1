/** The numbers of one model: mean and standard error a metric, and what each is. */
import type { EvaluationTable, MetricEstimate } from "../../engine/protocol/training";
import { describeMetric } from "../../evaluation/metricNotes";
import { plural } from "../common/count";
import { formatDuration } from "../common/format";
import { metricNames, metricOf } from "../train/result/metrics";
import styles from "./Measure.module.css";

const digitsOf = (value: number, digits: number): string =>
  Number.isFinite(value) ? value.toFixed(digits) : "–";

function Row({ name, estimate }: { name: string; estimate: MetricEstimate | undefined }) {
  const { title, digits, better } = metricOf(name);
  return (
    <tr data-metric={name}>
      <th scope="row">
        {title}
        {better !== null && (
          <span> {better === "higher" ? "higher is better" : "lower is better"}</span>
        )}
      </th>
      <td>{digitsOf(estimate?.mean ?? NaN, digits)}</td>
      <td>{digitsOf(estimate?.standardError ?? NaN, digits + 1)}</td>
      <td className={styles.what}>{describeMetric(name)}</td>
    </tr>
  );
}

function Times({ model: { times } }: { model: EvaluationTable["models"][number] }) {
  if (!times) return null;
  const { segmentMs, drawMs } = times;
  return (
    <p className={styles.note}>
      On this device a picture takes {formatDuration(segmentMs)} to become slots
      {drawMs !== null && <> and {formatDuration(drawMs)} to be drawn from them</>}: the median over
      groups of pictures, waiting for other work left out.
    </p>
  );
}

export function MeasuredTable({ table }: { table: EvaluationTable }) {
  const [model] = table.models;
  if (!model) return null;
  return (
    <>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="What was measured">
        <table className={styles.table} data-testid="measured">
          <caption>
            {model.title}, {model.numSlots} slots, on {plural(table.numPictures, "picture")},{" "}
            {table.numWithTruth} with true masks.
          </caption>
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col">Mean</th>
              <th scope="col">Standard error</th>
              <th scope="col">What it is</th>
            </tr>
          </thead>
          <tbody>
            {metricNames(table).map((name) => (
              <Row key={name} name={name} estimate={model.metrics[name]} />
            ))}
          </tbody>
        </table>
      </div>
      <Times model={model} />
      <details className={styles.protocol}>
        <summary>How this was measured</summary>
        <p>{table.protocol.split("\n")[0]}</p>
      </details>
    </>
  );
}
