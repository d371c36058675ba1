/** Keeping the visitor's work: what starts it and the actions on it. The work itself is in keepJobs, which comes when it is needed. */
import type { StoreContext } from "./context";
import { hasWork, isSameWork, isWorkMarked, markedWork } from "./keepMarks";
import type { Keeper, KeepSlice, KeepState } from "./keepState";

/** Changes that follow each other are kept together, at most so long after the first of them. */
export const keepPauseMs = 400;

/** Changes what the page says of kept work. */
export const patchKeep = ({ store }: StoreContext, change: Partial<KeepState>): void =>
  store.setState(({ keep }) => ({ keep: { ...keep, ...change } }));

const keeperOf = (context: StoreContext): Promise<Keeper> =>
  (context.keeper ??= import("./keepJobs").then(({ createKeeper }) => createKeeper(context)));

/**
 * Begins to bring back the work of the last visit.
 * @returns null where there is none to bring, or a link comes first; else, once the scenes are on the page, how to go on
 *   with their model, or null where they could not be read
 */
export function bringBack(context: StoreContext): Promise<(() => Promise<void>) | null> | null {
  const name = markedWork(context.services);
  if (name === null) {
    if (isWorkMarked(context.services)) void keeperOf(context).then((keeper) => keeper.offer());
    return null;
  }
  patchKeep(context, { status: "bringing" });
  return keeperOf(context)
    .then((keeper) => keeper.bringBack(name))
    .catch(() => null) // its code did not come; saving will say so
    .finally(() => {
      if (context.store.getState().keep.status === "bringing")
        patchKeep(context, { status: "idle" });
    });
}

/** Keeps what changes from now on: soon after each change, and when the page is hidden or left. */
export function watchWork(context: StoreContext): void {
  const { services, store } = context;
  if (!services.keptWork) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = (isLeaving: boolean): void => {
    clearTimeout(timer);
    timer = undefined;
    if (context.keeper === null && !hasWork(context)) return;
    void keeperOf(context)
      .then((keeper) => keeper.save(isLeaving))
      .catch(() => patchKeep(context, { status: "closed" }));
  };
  store.subscribe((now, before) => {
    if (now.keep.status === "bringing" || isSameWork(now, before)) return;
    timer ??= setTimeout(() => save(false), keepPauseMs);
  });
  services.onHidden(() => timer !== undefined && save(true));
}

/** The state and actions of kept work. */
export const createKeepSlice = (context: StoreContext): KeepSlice => ({
  keep: { status: "idle", savedAt: null, broughtBack: null, others: [], isOffered: false },
  openKept: async (name) => (await keeperOf(context)).open(name),
  forgetKept: async (name) => (await keeperOf(context)).forget(name),
  startAfresh: async () => (await keeperOf(context)).startAfresh(),
  dismissKept: () => patchKeep(context, { broughtBack: null, isOffered: false }),
});
