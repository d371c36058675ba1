/** What is running where: asked of the engine while somebody looks, and again whenever work has ended. */
import { ask } from "./ask";
import type { StoreContext } from "./context";
import type { AppState } from "./state";
import type { UsageSlice } from "./usageState";

async function refreshUsage(context: StoreContext): Promise<void> {
  const usage = await ask(context, "usage", {});
  if (usage) context.store.setState({ usage });
}

/** Changes with everything after which the numbers are others. */
const momentOf = ({ device, model, scenes, cachedWeights }: AppState): string =>
  [device, model, ...scenes.flatMap(({ encoding, render }) => [encoding, render])]
    .map(({ status }) => status)
    .join(`,${cachedWeights.length} `);

/** Keeps what is shown true. */
function follow(context: StoreContext): void {
  context.store.subscribe((now, before) => {
    if (now.device !== before.device) context.store.setState({ usage: null });
    if (now.isUsageShown && momentOf(now) !== momentOf(before)) void refreshUsage(context);
  });
}

/** The panel's state and actions. */
export function createUsageSlice(context: StoreContext): UsageSlice {
  const { store } = context;
  follow(context);
  return {
    usage: null,
    isUsageShown: false,
    showUsage: () => {
      store.setState({ isUsageShown: true });
      void store.getState().refreshUsage();
      void store.getState().refreshWeights();
    },
    hideUsage: () => store.setState({ isUsageShown: false }),
    refreshUsage: () => refreshUsage(context),
  };
}
