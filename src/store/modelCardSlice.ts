/** Reads a model's card. */
import { errorText, type StoreContext } from "./context";
import type { ModelCardSlice } from "./modelCardState";

/** The card's state and actions. */
export function createModelCardSlice({ services, store }: StoreContext): ModelCardSlice {
  let reading = new AbortController();
  const renew = (): AbortSignal => {
    reading.abort();
    reading = new AbortController();
    return reading.signal;
  };
  return {
    card: { status: "none" },
    openCard: async (modelId) => {
      const signal = renew();
      const choice = services.models.find(({ id }) => id === modelId);
      if (!choice) return;
      const { title } = choice;
      store.setState({ card: { status: "loading", title } });
      try {
        const text = await (await services.fetchBytes(choice.card, signal)).text();
        if (!signal.aborted) store.setState({ card: { status: "ready", title, text } });
      } catch (error) {
        if (signal.aborted) return;
        store.setState({ card: { status: "failed", title, message: errorText(error) } });
      }
    },
    closeCard: () => {
      renew();
      store.setState({ card: { status: "none" } });
    },
  };
}
