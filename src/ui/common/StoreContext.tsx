/** How components reach the store: through React context, so that tests and pages choose their own. */
import { createContext, useContext, useState, type ReactNode } from "react";
import { useStore, type StoreApi } from "zustand";

import type { AppState } from "../../store/state";

type AppStore = StoreApi<AppState>;

type ActionName = {
  [Name in keyof AppState]: AppState[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof AppState];

/** The part of the store that acts; it never changes. */
export type Actions = Pick<AppState, ActionName>;

/** The store, and its state as it was when the page began: whose actions are those of every later state. */
type Provided = { store: AppStore; actions: Actions };

const StoreContext = createContext<Provided | null>(null);

function useProvided(): Provided {
  const provided = useContext(StoreContext);
  if (provided === null) throw new Error("useApp: expected a StoreProvider above. Wrap the page.");
  return provided;
}

/** Gives the page its store, the same as long as the page lives. */
export function StoreProvider({ store, children }: { store: AppStore; children: ReactNode }) {
  const [provided] = useState((): Provided => ({ store, actions: store.getState() }));
  return <StoreContext value={provided}>{children}</StoreContext>;
}

/** Reads one value of the store; a selector that builds an object goes through `useShallow`. */
export function useApp<T>(selector: (state: AppState) => T): T {
  return useStore(useProvided().store, selector);
}

/** The store's actions, without listening to its values. */
export function useActions(): Actions {
  return useProvided().actions;
}
