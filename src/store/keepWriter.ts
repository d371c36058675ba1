/** The page's work on its way into the database: what has changed, as far as there is room. */
import { errorText, type StoreContext } from "./context";
import { hasWork, markWork } from "./keepMarks";
import {
  type KeptExtent,
  type OwnSources,
  type PartKeys,
  type Recorded,
  recordWork,
} from "./keepRecord";
import type { KeptRecord } from "./keepSchema";
import { patchKeep } from "./keepSlice";
import type { KeptDatabase, KeptWork } from "./keepState";

/** The work of this page. */
export type Work = {
  /** Null before anything is kept. */
  name: string | null;
  /** Its record as it is kept; null where there is none yet. */
  last: KeptRecord | null;
  /** The same as text, without what changes each time. */
  text: string;
  keys: PartKeys;
  /** Keys of the parts that lie beside the record. */
  stored: ReadonlySet<string>;
};

/** Work of which nothing is kept. */
export const newWork = (): Work => ({
  name: null,
  last: null,
  text: "",
  keys: { known: new WeakMap(), last: 0 },
  stored: new Set(),
});

/** What the jobs of keeping share. */
export type Keeping = {
  context: StoreContext;
  kept: KeptWork;
  database: Promise<KeptDatabase> | null;
  work: Work;
  sources: OwnSources;
  extent: KeptExtent;
  hasToldClosed: boolean;
};

/** What is kept in turn where there is no room for everything, and what the visitor is told of it. */
const extents: readonly { extent: KeptExtent; text: string }[] = [
  { extent: "everything", text: "" },
  {
    extent: "noFiles",
    text: "This browser has no room for your original pictures. They are kept as small as the model sees them.",
  },
  {
    extent: "noPictures",
    text: "This browser has no room for drawn pictures. Scenes and slots are kept; pictures can be drawn again.",
  },
];

const closedText =
  "This browser does not keep your work: after a reload it is gone. Save pictures and compositions that you want to keep, or copy a link.";

const isFull = (error: unknown): boolean =>
  error instanceof Error && error.name === "QuotaExceededError";

const sorted = (_key: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** A record as text that can be compared, whoever made it. */
export const textOf = ({
  savedAt: _savedAt,
  revision: _revision,
  ...record
}: Recorded["record"] & Partial<KeptRecord>): string => JSON.stringify(record, sorted);

/** The database, opened at its first use; tried again after a failure. */
export function databaseOf(keeping: Keeping): Promise<KeptDatabase> {
  keeping.database ??= keeping.kept.database().catch((error: unknown) => {
    keeping.database = null;
    throw error;
  });
  return keeping.database;
}

/** Says once that nothing is kept. */
export function tellClosed(keeping: Keeping, error: unknown): void {
  const { context } = keeping;
  patchKeep(context, { status: "closed" });
  if (keeping.hasToldClosed) return;
  keeping.hasToldClosed = true;
  context.store.getState().notify("error", `${closedText} (${errorText(error)})`);
}

/** Writes a record with the parts that are new; where another page has taken its name, under a new one. */
async function write(
  keeping: Keeping,
  { record: made, parts }: Recorded,
  isLeaving: boolean,
): Promise<void> {
  const { context, kept, work } = keeping;
  const { services } = context;
  const name = work.name ?? kept.newName();
  const fresh = [...parts].filter(([key]) => !work.stored.has(key));
  const record = { ...made, savedAt: services.now(), revision: kept.newName() };
  const database = await databaseOf(keeping);
  const outcome = await database.write(name, {
    record,
    put: new Map(fresh.map(([key, value]) => [key, value()])),
    drop: [...work.stored].filter((key) => !parts.has(key)),
    ...(!isLeaving && { expected: work.last?.revision ?? null }),
  });
  if (outcome === "written") {
    Object.assign(work, { name, last: record, text: textOf(made), stored: new Set(parts.keys()) });
    markWork(services, name);
    return patchKeep(context, { status: "idle", savedAt: record.savedAt, broughtBack: null });
  }
  Object.assign(work, { name: outcome === "taken" ? null : name, last: null, stored: new Set() });
  await write(keeping, { record: made, parts }, isLeaving);
}

/** Keeps what has changed. @returns whether the work has a name that it had not before */
export async function saveWork(keeping: Keeping, isLeaving: boolean): Promise<boolean> {
  const { context, sources, work } = keeping;
  const { name, keys } = work;
  if (name === null && !hasWork(context)) return false;
  try {
    for (;;) {
      const { extent } = keeping;
      const recorded = await recordWork(context, { keys, sources, extent, before: work.last });
      if (textOf(recorded.record) === work.text) return false;
      try {
        await write(keeping, recorded, isLeaving);
        return work.name !== name;
      } catch (error) {
        const next = extents[extents.findIndex((one) => one.extent === extent) + 1];
        if (!isFull(error) || !next) throw error;
        keeping.extent = next.extent;
      }
    }
  } catch (error) {
    tellClosed(keeping, error);
    return false;
  }
}
