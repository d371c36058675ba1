/** How components reach the store: through React context, so that tests and pages choose their own. */
import { createContext, useContext, type ReactNode } from "react";
import { useStore, type StoreApi } from "zustand";

import type { AppState } from "../../store/state";

type AppStore = StoreApi<AppState>;

type ActionName = {
  [Name in keyof AppState]: AppState[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof AppState];

/** The part of the store that acts; it never changes. */
export type Actions = Pick<AppState, ActionName>;

const StoreContext = createContext<AppStore | null>(null);

function useAppStore(): AppStore {
  const store = useContext(StoreContext);
  if (store === null) throw new Error("useApp: expected a StoreProvider above. Wrap the page.");
  return store;
}

/** Gives the page its store. */
export function StoreProvider({ store, children }: { store: AppStore; children: ReactNode }) {
  return <StoreContext value={store}>{children}</StoreContext>;
}

/** Reads one value of the store; a selector that builds an object goes through `useShallow`. */
export function useApp<T>(selector: (state: AppState) => T): T {
  return useStore(useAppStore(), selector);
}

/** The store's actions, without listening to its values. */
export function useActions(): Actions {
  return useAppStore().getState();
}
