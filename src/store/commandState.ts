/** Commands and shortcuts on the page, and the versions of the page itself. */
import type { KeyPlace } from "./commands";
import type { KeyPress } from "./shortcuts";

export type CommandSlice = {
  /** What of the commands is open. */
  commandPanel: "none" | "palette" | "shortcuts";
  /** Whether a key alone is a shortcut; remembered. Those with Ctrl or Cmd always are. */
  hasSingleKeys: boolean;
  /** Whether the camera looks for a picture of a scene. */
  isCameraShown: boolean;
  showCommands: (panel: CommandSlice["commandPanel"]) => void;
  setSingleKeys: (hasSingleKeys: boolean) => void;
  showCamera: (isShown: boolean) => void;
  /** Runs a command of the table by its id, if it can be run now, and says so. */
  runCommand: (id: string) => void;
  /** Runs the command of a shortcut. @returns whether the press was one */
  pressKey: (press: KeyPress, place: KeyPlace) => boolean;
  /** Asks for picture files; each becomes a scene. */
  choosePictures: () => Promise<void>;
  /** Asks for a checkpoint, with its config.json where it has one. */
  chooseCheckpoint: () => Promise<void>;
};

export type OfflineSlice = {
  /** waiting: a new version can be taken; elsewhere: another window has taken it, and this one is old. */
  version: "current" | "waiting" | "elsewhere";
  /** Begins to keep the page for visits without a network. */
  keepOffline: () => Promise<void>;
  /** Keeps the visitor's work and reloads the page in its new version. */
  takeVersion: () => Promise<void>;
  /** Stays with this version for this visit. */
  dismissVersion: () => void;
};
