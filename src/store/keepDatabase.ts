/** Kept work in IndexedDB: a record a name, and its parts beside it, which are written once and not with every change. */
import { createStore, promisifyRequest, type UseStore } from "idb-keyval";

import type { KeptChange, KeptDatabase, KeptOutcome } from "./keepState";

const recordPrefix = "work/";
const recordKey = (name: string): string => `${recordPrefix}${name}`;
const partPrefix = (name: string): string => `part/${name}/`;

/** Every key that begins so. */
const under = (prefix: string): IDBKeyRange => IDBKeyRange.bound(prefix, `${prefix}\uffff`);

/** Keys come as they were written: strings. */
async function entriesUnder(
  store: IDBObjectStore,
  prefix: string,
): Promise<{ key: string; value: unknown }[]> {
  const [keys, values] = await Promise.all([
    promisifyRequest(store.getAllKeys(under(prefix))),
    promisifyRequest<unknown[]>(store.getAll(under(prefix))),
  ]);
  return keys.flatMap((key, i) =>
    typeof key === "string" ? [{ key: key.slice(prefix.length), value: values[i] }] : [],
  );
}

const revisionOf = (record: unknown): unknown =>
  typeof record === "object" && record !== null && "revision" in record ? record.revision : null;

/** Why a change may not be made; null where it may. */
async function whyNot(
  store: IDBObjectStore,
  name: string,
  expected: string | null,
): Promise<KeptOutcome | null> {
  const record: unknown = await promisifyRequest<unknown>(store.get(recordKey(name)));
  if (record === undefined) return expected === null ? null : "lost";
  return revisionOf(record) === expected ? null : "taken";
}

async function write(
  store: IDBObjectStore,
  name: string,
  { record, expected, put, drop }: KeptChange,
): Promise<KeptOutcome> {
  const reason = expected === undefined ? null : await whyNot(store, name, expected);
  if (reason) return reason;
  const { transaction } = store;
  const done = promisifyRequest(transaction);
  try {
    for (const [key, value] of put) store.put(value, `${partPrefix(name)}${key}`);
    for (const key of drop) store.delete(`${partPrefix(name)}${key}`);
    store.put(record, recordKey(name));
    transaction.commit?.(); // a page that is left does not come back to say so
  } catch (error) {
    done.catch(() => undefined); // the abort, of which `error` is the reason
    transaction.abort();
    throw error;
  }
  await done;
  return "written";
}

function forget(store: IDBObjectStore, names: readonly string[]): Promise<void> {
  for (const name of names) {
    store.delete(recordKey(name));
    store.delete(under(partPrefix(name)));
  }
  return promisifyRequest(store.transaction);
}

/** The browser's database; each call opens it where that has not worked yet. */
export function openKeptDatabase(): KeptDatabase {
  let opened: UseStore | null = null;
  // async: where there is no IndexedDB, the very name of it throws
  const use = async <T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => Promise<T>) =>
    (opened ??= createStore("slotdiffusion-playground", "work"))(mode, work);
  return {
    list: () =>
      use("readonly", async (store) => {
        const entries = await entriesUnder(store, recordPrefix);
        return entries.map(({ key, value }) => ({ name: key, record: value }));
      }),
    read: (name) =>
      use("readonly", async (store) => {
        const [record, parts] = await Promise.all([
          promisifyRequest<unknown>(store.get(recordKey(name))),
          entriesUnder(store, partPrefix(name)),
        ]);
        if (record === undefined) return null;
        return { record, parts: new Map(parts.map(({ key, value }) => [key, value])) };
      }),
    write: (name, change) => use("readwrite", (store) => write(store, name, change)),
    forget: (names) => use("readwrite", (store) => forget(store, names)),
  };
}
