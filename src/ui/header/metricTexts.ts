/** Numbers of a model's card in words. */
import type { CardMetric } from "../../store/modelCardState";

/** Metrics that were measured on the same pictures in the same way. */
export type MetricGroup = { n: number; protocol: string; metrics: CardMetric[] };

/** In the order in which they come. */
export function groupMetrics(metrics: readonly CardMetric[]): MetricGroup[] {
  const groups: MetricGroup[] = [];
  for (const metric of metrics) {
    const { n, protocol } = metric;
    const group = groups.find((one) => one.n === n && one.protocol === protocol);
    if (group) group.metrics.push(metric);
    else groups.push({ n, protocol, metrics: [metric] });
  }
  return groups;
}

/** The value with as many decimals as its error: "0.210 ± 0.006". */
export function metricText({ value, error }: CardMetric): string {
  if (error === null) return String(value);
  const decimals = String(error).split(".")[1]?.length ?? 0;
  return `${value.toFixed(decimals)} ± ${error}`;
}
