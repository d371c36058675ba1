/** Models on the same pictures with the same seeds, side by side. */
import type { Args, Progress } from "../engine/protocol";
import { isAbort } from "../errors";
import { titleOf } from "./choices";
import { engineOf, errorText, renew, report, type StoreContext } from "./context";
import { createNewsBatch } from "./newsBatch";
import type { ComparisonSlice } from "./trainingState";

/** Compares; a newer comparison takes over. */
async function compare(context: StoreContext, args: Args<"evaluate">): Promise<void> {
  const { services, store } = context;
  const signal = renew(context, "comparison");
  store.setState({ comparison: { status: "running", progress: null } });
  const batch = createNewsBatch<Progress<"evaluate">>(services.now, (news) => {
    const last = news.at(-1);
    const model = last && args.models[last.model];
    if (signal.aborted || !model) return;
    const { done, total } = last;
    const progress = { title: titleOf(store.getState(), model), done, total };
    store.setState({ comparison: { status: "running", progress } });
  });
  try {
    const options = { signal, onProgress: batch.add };
    const result = await engineOf(context).call("evaluate", args, options);
    batch.flush();
    if (signal.aborted) return;
    store.setState({
      comparison: { status: "done", result },
      announcement: `${result.models.length} models compared on ${result.numPictures} pictures.`,
    });
  } catch (error) {
    batch.flush();
    if (signal.aborted) return;
    report(context, error);
    const message = errorText(error);
    store.setState({
      comparison: isAbort(error) ? { status: "none" } : { status: "failed", message },
    });
  }
}

/** The comparison's state and actions. */
export const createComparisonSlice = (context: StoreContext): ComparisonSlice => ({
  comparison: { status: "none" },
  compare: (models, data, seeds, reconstruct = true) =>
    compare(context, { models, data, seeds, reconstruct }),
  cancelComparison: () => {
    if (context.store.getState().comparison.status !== "running") return;
    renew(context, "comparison");
    context.store.setState({ comparison: { status: "none" } });
  },
});
