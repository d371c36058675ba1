/** Numbers as people read them. */

/** @param bytes - e.g. 41_900_000 -> "41.9 MB" (decimal units, as browsers show downloads) */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(0)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

/** Done of total, with the unit once where it is the same: "12.0 of 41.9 MB". */
export function formatBytesOf(done: number, total: number): string {
  const [from, to] = [formatBytes(done), formatBytes(total)];
  const unit = to.slice(to.indexOf(" "));
  return from.endsWith(unit) ? `${from.slice(0, -unit.length)} of ${to}` : `${from} of ${to}`;
}

/** @param ms - e.g. 1234 -> "1.2 s", 87 -> "87 ms" */
export const formatDuration = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;

/** @param count - e.g. 30687 -> "30,687" */
export const formatWhole = (count: number): string => count.toLocaleString("en");

/** @param count - e.g. 9_980_000 -> "9.98 M" */
export function formatCount(count: number): string {
  if (count < 1000) return String(count);
  return count < 1e6 ? `${(count / 1e3).toPrecision(3)} k` : `${(count / 1e6).toPrecision(3)} M`;
}
