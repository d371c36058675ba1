/** A command: something that a visitor can do from anywhere on the page. */
import type { Shortcut } from "./shortcuts";
import type { AppState } from "./state";

/** The order in which the palette shows them. */
export const commandGroups = [
  "Scenes",
  "Compose and generate",
  "Masks",
  "Go to",
  "Model and device",
  "Share and save",
  "Page",
  "Samples",
] as const;

export type Command = {
  id: string;
  group: (typeof commandGroups)[number];
  title: string;
  /** Other words for it. */
  keywords?: string;
  /** The first is shown. */
  shortcuts?: readonly Shortcut[];
  /** Whether what it switches is on now. */
  isOn?: boolean;
  /** Whether it can be run now; always where it is left out. */
  isAvailable?: boolean;
  /** Its key may be held down. */
  canRepeat?: boolean;
  /** Its keys are its own even in a text field and in a dialog. */
  isEverywhere?: boolean;
  /** What a screen reader hears after it, where nothing else tells. */
  said?: string;
  run: (state: AppState) => unknown;
};
