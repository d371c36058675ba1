/** The page for visits without a network, and its versions: a new one is offered, never taken unasked. */
import type { OfflineSlice } from "./commandState";
import type { StoreContext } from "./context";

/** What must not be lost by the reload: the checkpoint of a run that trains, and the work on the page. */
async function keepWork({ keeper, store }: StoreContext): Promise<void> {
  await Promise.allSettled([store.getState().saveTraining(), keeper?.then((one) => one.save())]);
}

/** The state and actions of the page's versions. */
export function createOfflineSlice(context: StoreContext): OfflineSlice {
  const { services, store } = context;
  return {
    version: "current",
    keepOffline: async () => {
      // A browser that does not allow it leaves the page as it is: it works with a network.
      await services.offline?.keep((version) => store.setState({ version })).catch(() => undefined);
    },
    takeVersion: async () => {
      await keepWork(context);
      services.offline?.takeNewest();
    },
    dismissVersion: () => store.setState({ version: "current" }),
  };
}
