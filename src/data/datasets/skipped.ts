/** What a reader left out, and why. */

/** A file that gave no example or no mask. more: how many further files have the same reason but are not listed. */
export type Skipped = { path: string; reason: string; more?: number };

/** Of a name in the report; archives may hold names of 64 KiB. */
const maxPathLength = 300;

/** The growing report of one data set. */
export type SkipLog = {
  entries: Skipped[];
  add: (path: string, reason: string) => void;
  /** Takes back what the last pass over the files added: the next pass reports anew. */
  restart: () => void;
  /** Reports from here on belong to a pass over the files. */
  markOpened: () => void;
};

/** @param maxPerReason - files listed by name for each reason; the rest is counted in `more` */
export function createSkipLog(maxPerReason: number): SkipLog {
  const entries: Skipped[] = [];
  let last = new Map<string, { n: number; entry: Skipped }>();
  let opened: Skipped[] = [];
  const add = (name: string, reason: string, count = 1): void => {
    const path = name.slice(0, maxPathLength);
    const known = last.get(reason);
    if (known && known.n >= maxPerReason) {
      known.entry.more = (known.entry.more ?? 0) + count;
      return;
    }
    const entry: Skipped = count > 1 ? { path, reason, more: count - 1 } : { path, reason };
    entries.push(entry);
    last.set(reason, { n: (known?.n ?? 0) + 1, entry });
  };
  return {
    entries,
    add: (path, reason) => add(path, reason),
    markOpened: () => {
      opened = entries.map((entry) => ({ ...entry }));
    },
    restart: () => {
      entries.length = 0;
      last = new Map();
      for (const { path, reason, more = 0 } of opened) add(path, reason, more + 1);
    },
  };
}

/**
 * The report in words: one line a reason, most frequent first, with an example.
 * @returns "" where nothing was skipped
 */
export function summarizeSkipped(skipped: readonly Skipped[]): string {
  const groups = new Map<string, { count: number; example: string }>();
  for (const { path, reason, more = 0 } of skipped) {
    const group = groups.get(reason) ?? { count: 0, example: path };
    group.count += 1 + more;
    groups.set(reason, group);
  }
  return [...groups]
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([reason, { count, example }]) => {
      const files = count === 1 ? "1 file" : `${count} files`;
      return `${files}: ${reason} (${count === 1 ? "" : "such as "}${example})`;
    })
    .join("\n");
}
