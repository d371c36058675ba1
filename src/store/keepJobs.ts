/** Work kept between visits: brought back, put in place of other work, forgotten. */
import { z } from "zod";

import type { ModelRef } from "../engine/protocol/training";
import { InputError } from "../errors";
import { firstChoice, linkHash } from "./choices";
import { report, type StoreContext } from "./context";
import { doEdit, setHistory } from "./edits";
import { emptyHistory } from "./history";
import { markWork } from "./keepMarks";
import { openWork } from "./keepOpen";
import { readRecord } from "./keepSchema";
import { patchKeep } from "./keepSlice";
import type { Keeper, KeptHead } from "./keepState";
import { databaseOf, type Keeping, newWork, saveWork, tellClosed, textOf } from "./keepWriter";
import { defaultSettings } from "./limits";
import { emptySpace } from "./spaceLibrary";
import { addStartScenes, kindOfModel } from "./startScenes";

/** The longest that a database is waited for; some browsers never answer. */
const openMs = 5000;

/** How long the page says that work has been brought back. */
const saidMs = 10_000;

/** Works of other visits and tabs that stay kept. */
const mostOthers = 3;

/** A promise, or a rejection when it has not settled in time. */
async function inTime<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("kept work: the browser does not answer.")), openMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const headSchema = z.object({ savedAt: z.number() });

/** Lists what else is kept, and forgets the oldest of it. */
async function lookAtOthers(keeping: Keeping): Promise<KeptHead[]> {
  const database = await databaseOf(keeping);
  const all = await inTime(database.list());
  const heads = all
    .flatMap(({ name, record }) => {
      const { data } = headSchema.safeParse(record);
      return data && name !== keeping.work.name ? [{ name, savedAt: data.savedAt }] : [];
    })
    .sort((a, b) => b.savedAt - a.savedAt);
  const others = heads.slice(0, mostOthers);
  patchKeep(keeping.context, { others });
  if (heads.length > mostOthers)
    await database.forget(heads.slice(mostOthers).map(({ name }) => name));
  return others;
}

/** Puts kept work on the page. @returns the model that it was made with; undefined where there is no such work */
async function putWork(keeping: Keeping, name: string): Promise<ModelRef | null | undefined> {
  const { context, sources } = keeping;
  const database = await databaseOf(keeping);
  const found = await inTime(database.read(name));
  if (!found) return undefined;
  const record = readRecord(found.record);
  const work = newWork();
  const put = openWork(context, { record, parts: found.parts }, { keys: work.keys, sources });
  const text = textOf({ ...record, hash: linkHash(context.services) });
  keeping.work = { ...work, name, last: record, text, stored: new Set(found.parts.keys()) };
  put();
  const { savedAt } = record;
  patchKeep(context, { savedAt, broughtBack: savedAt, isOffered: false });
  setTimeout(() => patchKeep(context, { broughtBack: null }), saidMs);
  return record.inUse;
}

/** Tells of work that could not be read; it stays where it is. */
function tellUnread(keeping: Keeping, error: unknown): void {
  if (error instanceof InputError) report(keeping.context, error);
  else tellClosed(keeping, error);
}

/** Loads the model that kept work was made with, where it is here. */
async function loadKept({ store }: StoreContext, inUse: ModelRef | null): Promise<void> {
  const { choices, loadBundled, notify, refreshRuns, useRun } = store.getState();
  if (inUse === null) return;
  if (inUse.kind === "bundled" && choices.some(({ id }) => id === inUse.id))
    return loadBundled(inUse.id);
  if (inUse.kind === "run") {
    await refreshRuns();
    if (store.getState().runs.some(({ id }) => id === inUse.id)) return useRun(inUse.id);
  }
  const text = `The model of your work, “${inUse.id}”, is not kept in this browser. Open it again to have the same slots.`;
  notify("info", text);
}

async function bringBack(keeping: Keeping, name: string): Promise<(() => Promise<void>) | null> {
  try {
    const inUse = await putWork(keeping, name);
    return inUse === undefined ? null : () => loadKept(keeping.context, inUse);
  } catch (error) {
    tellUnread(keeping, error);
    return null;
  }
}

/** Other kept work in place of the page's, which stays kept. */
async function open(keeping: Keeping, name: string): Promise<void> {
  const { context } = keeping;
  const { inUse: before } = context.store.getState();
  try {
    await saveWork(keeping, false);
    patchKeep(context, { status: "bringing" });
    const inUse = await putWork(keeping, name);
    if (inUse === undefined) throw new InputError("kept work: it is no longer in this browser.");
    markWork(context.services, name);
    context.store.setState({ page: "play", announcement: "Your kept work is back." });
    patchKeep(context, { status: "idle" });
    if (inUse && (inUse.kind !== before?.kind || inUse.id !== before.id))
      void loadKept(context, inUse); // saving goes on meanwhile
  } catch (error) {
    tellUnread(keeping, error);
  } finally {
    const { keep } = context.store.getState();
    if (keep.status === "bringing") patchKeep(context, { status: "idle" });
    await lookAtOthers(keeping).catch(() => undefined); // said already
  }
}

async function forget(keeping: Keeping, name: string): Promise<void> {
  try {
    const database = await databaseOf(keeping);
    await database.forget([name]);
    await lookAtOthers(keeping);
  } catch (error) {
    report(keeping.context, error);
  }
}

/** The page as on a first visit, but for its model. */
function clearPage(context: StoreContext): void {
  const { loads, services, store } = context;
  const { emptyLibrary, scenes } = store.getState();
  const remove = scenes.map(({ id }) => id);
  doEdit(context, { label: "The page begins afresh.", lists: [], remove, add: [] });
  setHistory(context, emptyHistory);
  emptyLibrary();
  context.linked = null;
  store.setState({
    ...{ settings: defaultSettings, isAutomatic: true, variants: { status: "none" } },
    ...{ measurement: { status: "none" }, ablations: {}, space: emptySpace },
    ...{ link: { status: "none" }, page: "play" },
  });
  const url = new URL(services.pageUrl());
  url.hash = "";
  services.replaceUrl(url.href);
  const kind = kindOfModel(context, loads.current?.info.id ?? "");
  addStartScenes(context, kind ?? firstChoice(services)?.scenes ?? "clevr");
}

async function startAfresh(keeping: Keeping): Promise<void> {
  const { context, work } = keeping;
  keeping.work = newWork();
  markWork(context.services, null);
  clearPage(context);
  patchKeep(context, { savedAt: null, broughtBack: null });
  if (work.name !== null) await forget(keeping, work.name);
}

async function save(keeping: Keeping, isLeaving: boolean): Promise<void> {
  const hasNewName = await saveWork(keeping, isLeaving);
  if (hasNewName && !isLeaving) await lookAtOthers(keeping).catch(() => undefined); // nothing depends on it
}

async function offer(keeping: Keeping): Promise<void> {
  const others = await lookAtOthers(keeping).catch(() => []); // where nothing can be read, there is nothing to offer
  patchKeep(keeping.context, { isOffered: others.length > 0 });
}

/** Jobs on kept work, one after another. */
export function createKeeper(context: StoreContext): Keeper {
  const { keptWork: kept } = context.services;
  if (!kept) throw new Error("keeper: expected a place to keep work in, got none.");
  const keeping: Keeping = {
    ...{ context, kept, database: null, work: newWork(), sources: new WeakMap() },
    ...{ extent: "everything", hasToldClosed: false },
  };
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(job: () => Promise<T>): Promise<T> => {
    const mine = turn.then(job);
    turn = mine.catch(() => undefined); // who waits for this turn hears of its own errors only
    return mine;
  };
  return {
    bringBack: (name) => inTurn(() => bringBack(keeping, name)),
    offer: () => inTurn(() => offer(keeping)),
    save: (isLeaving = false) => inTurn(() => save(keeping, isLeaving)),
    open: (name) => inTurn(() => open(keeping, name)),
    forget: (name) => inTurn(() => forget(keeping, name)),
    startAfresh: () => inTurn(() => startAfresh(keeping)),
  };
}
