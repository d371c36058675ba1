/** For tests: a browser that keeps work, and its tabs. */
import type { KeptChange, KeptDatabase, KeptWork } from "./keepState";

type Kept = { record: unknown; parts: Map<string, unknown> };

/** What such a browser holds, in the test's hands. */
export type FakeWork = {
  kept: Map<string, Kept>;
  /** Changes that were made. */
  changes: KeptChange[];
  /** Refuses a change with this error, where it is not null. */
  refusal: (change: KeptChange) => Error | null;
  /** A new tab, or with a memory that another has left, the same one again. */
  tab: (memory?: Map<string, string>) => KeptWork;
};

const revisionOf = (record: unknown): unknown => (record as { revision?: unknown }).revision;

/** A browser in which nothing is kept yet. */
export function createFakeWork(): FakeWork {
  const kept = new Map<string, Kept>();
  let lastName = 0;
  const fake: FakeWork = {
    kept,
    changes: [],
    refusal: () => null,
    tab: (memory = new Map()) => ({
      database: () => Promise.resolve(database),
      tab: {
        getItem: (key) => memory.get(key) ?? null,
        setItem: (key, value) => void memory.set(key, value),
      },
      newName: () => `work${++lastName}`,
    }),
  };
  const write = (name: string, change: KeptChange) => {
    const before = kept.get(name);
    const { expected } = change;
    if (expected !== undefined && !before && expected !== null) return "lost";
    if (expected !== undefined && before && revisionOf(before.record) !== expected) return "taken";
    const error = fake.refusal(change);
    if (error) throw error;
    fake.changes.push(change);
    const parts = new Map([...(before?.parts ?? []), ...structuredClone(change.put)]);
    for (const key of change.drop) parts.delete(key);
    kept.set(name, { record: structuredClone(change.record), parts });
    return "written";
  };
  // async: what is refused rejects, as it does in a browser
  const database: KeptDatabase = {
    list: async () => Promise.resolve([...kept].map(([name, { record }]) => ({ name, record }))),
    read: async (name) => Promise.resolve(structuredClone(kept.get(name) ?? null)),
    write: async (name, change) => Promise.resolve(write(name, change)),
    forget: async (names) => Promise.resolve(names.forEach((name) => kept.delete(name))),
  };
  return fake;
}
