/** What the page remembers between visits. A browser that keeps nothing, or kept something odd, is no error. */
import { z } from "zod";

import { backendNames } from "../engine/protocol";
import type { Services } from "./services";
import { pageNames } from "./trainingState";

const prefix = "slotdiffusion-playground.";

/** Everything remembered: its name and what a stored value must be. */
export const remembered = {
  backend: z.enum(backendNames).nullable(),
  model: z.string().max(200),
  page: z.enum(pageNames),
  /** The chosen set and run. */
  set: z.string().max(200).nullable(),
  run: z.string().max(200).nullable(),
  /** Whether the tour was taken or declined. */
  hasSeenTour: z.boolean(),
  /** Whether a key alone is a shortcut. */
  hasSingleKeys: z.boolean(),
  /** The name of the work that was kept last. */
  work: z.string().max(200).nullable(),
  theme: z.enum(["system", "light", "dark"]),
  overlay: z.object({
    opacity: z.number().min(0).max(1),
    hasFill: z.boolean(),
    hasOutlines: z.boolean(),
    hasTruth: z.boolean().default(true), // what older visits kept has no word of it
  }),
};

export type RememberedName = keyof typeof remembered;
type Remembered<N extends RememberedName> = z.infer<(typeof remembered)[N]>;

/** A value of an earlier visit, or null. */
export function recall<N extends RememberedName>(
  storage: Services["storage"],
  name: N,
): Remembered<N> | null {
  try {
    const text = storage?.getItem(prefix + name) ?? "null";
    const parsed = remembered[name].safeParse(JSON.parse(text));
    return parsed.success ? (parsed.data as Remembered<N>) : null; // the schema of this name has just accepted it
  } catch {
    return null; // storage may be closed to the page, or hold what another page wrote
  }
}

/** Keeps a value for the next visit. */
export function remember<N extends RememberedName>(
  storage: Services["storage"],
  name: N,
  value: Remembered<N>,
): void {
  try {
    storage?.setItem(prefix + name, JSON.stringify(value));
  } catch {
    return; // full or closed: this visit works all the same
  }
}
