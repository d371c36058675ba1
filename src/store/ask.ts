/** Questions to the engine whose errors become notices. */
import type { CallOptions } from "../engine/client";
import type { Args, RequestName, Result } from "../engine/protocol";
import { engineOf, report, type StoreContext } from "./context";

/** A question to the engine; null where it failed or was cancelled, and where its engine has gone meanwhile. */
export async function request<N extends RequestName>(
  context: StoreContext,
  name: N,
  args: Args<N>,
  options?: CallOptions<N>,
): Promise<Result<N> | null> {
  const engine = engineOf(context);
  try {
    const answer = await engine.call(name, args, options);
    return context.engine === engine ? answer : null;
  } catch (error) {
    report(context, error);
    return null;
  }
}

/** A small question to a running device; null where it has no answer. */
export async function ask<N extends RequestName>(
  context: StoreContext,
  name: N,
  args: Args<N>,
): Promise<Result<N> | null> {
  return context.store.getState().device.status === "ready" ? request(context, name, args) : null;
}
