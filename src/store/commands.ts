/** The one table of commands: the palette, the shortcuts and their list are all read from it. */
import type { Command } from "./command";
import { goCommands, helpCommands, modelCommands } from "./pageCommands";
import { addCommands, generateCommands, maskCommands, shareCommands } from "./sceneCommands";
import { isPressed, type KeyPress } from "./shortcuts";
import type { AppState } from "./state";

/** Every command there is now, those that cannot be run included. */
export const commandsOf = (state: AppState): Command[] => [
  ...addCommands(state),
  ...generateCommands(state),
  ...maskCommands(state),
  ...goCommands(state),
  ...modelCommands(state),
  ...shareCommands(state),
  ...helpCommands(state),
];

/** Where the visitor is when a key is pressed. */
export type KeyPlace = {
  /** In a field that takes text. */
  isTyping: boolean;
  /** In a modal dialog. */
  isModal: boolean;
  /** The key is held down. */
  isRepeated: boolean;
};

/** The command whose shortcut is pressed, if it may be run here and now. */
export function commandOf(state: AppState, press: KeyPress, place: KeyPlace): Command | undefined {
  const found = commandsOf(state).find(({ shortcuts = [] }) =>
    shortcuts.some(
      (shortcut) => isPressed(shortcut, press) && (shortcut.hasCtrl || state.hasSingleKeys),
    ),
  );
  if (!found || found.isAvailable === false) return undefined;
  if (place.isRepeated && !found.canRepeat) return undefined;
  return (place.isTyping || place.isModal) && !found.isEverywhere ? undefined : found;
}
