/** What counts as work: whether there is any, whether it has changed, and where the last was kept. */
import { z } from "zod";

import { linkHash } from "./choices";
import type { StoreContext } from "./context";
import { defaultSettings } from "./limits";
import { slotKeys } from "./placement";
import { recall, remember } from "./remembered";
import type { Services } from "./services";
import { isStartScene } from "./startScenes";
import type { AppState, Scene } from "./state";

const tabKey = "slotdiffusion-playground.work";

const ownSchema = z.object({ name: z.string().min(1).max(200), hash: z.string() });

/** The name of this tab's work, and the hash of the address at which it was kept. */
function ownMark({ keptWork }: Services): z.infer<typeof ownSchema> | null {
  try {
    const text = keptWork?.tab?.getItem(tabKey) || "null";
    return ownSchema.nullable().catch(null).parse(JSON.parse(text));
  } catch {
    return null; // closed to the page, or written by another
  }
}

/**
 * The work to bring back: the tab's own, or that of the last tab where anything was done. Null where there is none, or where
 * the address asks for something else.
 */
export function markedWork(services: Services): string | null {
  if (!services.keptWork) return null;
  const own = ownMark(services);
  const hash = linkHash(services);
  if (own && (hash === "" || hash === own.hash)) return own.name;
  return hash === "" ? recall(services.storage, "work") : null;
}

/** Whether there may be work that a link came before. */
export const isWorkMarked = (services: Services): boolean =>
  services.keptWork !== null &&
  (ownMark(services) !== null || recall(services.storage, "work") !== null);

/** Remembers where work is kept: in this tab, and as the last of all; null where it was forgotten. */
export function markWork(services: Services, name: string | null): void {
  const { keptWork, storage } = services;
  remember(storage, "work", name);
  try {
    keptWork?.tab?.setItem(
      tabKey,
      name === null ? "" : JSON.stringify({ name, hash: linkHash(services) }),
    );
  } catch {
    return; // full or closed: the next visit finds the last of all
  }
}

/** The scenes and settings as text that can be compared. */
export const workMark = ({ scenes, settings }: AppState): string =>
  JSON.stringify([
    settings,
    scenes.map(({ id, fit, slotSeed, numSlots, isOwnOrder, placed }) => [
      ...[id, fit, slotSeed, numSlots],
      isOwnOrder ? null : slotKeys(placed),
    ]),
  ]);

const isSameValue = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whether the page holds anything that opening it again would not bring back. */
export function hasWork(context: StoreContext): boolean {
  const state = context.store.getState();
  const { ablations, canRedo, canUndo, measurement, scenes, settings, space } = state;
  const hasFound = measurement.status === "done" || Object.keys(ablations).length > 0;
  if (hasFound || space.filling.status === "done") return true;
  if (workMark(state) === context.linked) return false;
  const isPlain = (scene: Scene): boolean =>
    isStartScene(context, scene) && scene.render.status !== "done";
  return canUndo || canRedo || !isSameValue(settings, defaultSettings) || !scenes.every(isPlain);
}

/** What of a scene is kept, by identity. */
const keptOf = ({ encoding, fit, numSlots, placed, render, slotSeed }: Scene): unknown[] => [
  ...[fit, numSlots, placed, slotSeed],
  "input" in encoding ? encoding.input : null,
  render.status === "done" ? render : null,
];

const areSameScenes = (a: Scene[], b: Scene[]): boolean =>
  a.length === b.length &&
  a.every((scene, k) => {
    const other = b[k];
    if (scene === other) return true;
    if (scene.id !== other?.id) return false;
    const kept = keptOf(other);
    return keptOf(scene).every((value, i) => value === kept[i]);
  });

const watched = [
  "settings",
  "isAutomatic",
  "series",
  "inUse",
  "link",
  "measurePlan",
  "measurement",
  "ablations",
  "ablationCount",
] as const;

/** Whether nothing that is kept differs between two states; progress and looks do not count. */
export const isSameWork = (a: AppState, b: AppState): boolean =>
  watched.every((name) => a[name] === b[name]) &&
  a.space.scenes === b.space.scenes &&
  a.space.numConcepts === b.space.numConcepts &&
  (a.scenes === b.scenes || areSameScenes(a.scenes, b.scenes));
