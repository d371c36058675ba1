/** Parts of a session that are fetched with their first request, so that the page's first picture does not wait for them. */
import type { RequestName } from "./protocol";
import type { Handlers, JobContext } from "./sessionContext";

type AnyHandler = (args: unknown, context: JobContext) => Promise<unknown>;

/**
 * Handlers of some requests.
 * @param load - called once; after a failure (a lost connection) the next request tries again
 */
export function lazyHandlers<N extends RequestName>(
  names: readonly N[],
  load: () => Promise<Handlers<N>>,
): Handlers<N> {
  let loading: Promise<Handlers<N>> | null = null;
  const loadOnce = (): Promise<Handlers<N>> =>
    (loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    }));
  const entries = names.map((name): [N, AnyHandler] => [
    name,
    async (args, context) => {
      const handlers = await loadOnce();
      context.signal.throwIfAborted();
      return (handlers[name] as AnyHandler)(args, context); // name, args and handler come from one request
    },
  ]);
  return Object.fromEntries(entries) as Handlers<N>; // one entry a name
}
