/** Opens the palette. */
import { Command } from "lucide-react";

import { ariaKeys, keyNames } from "../../store/shortcuts";
import { IconButton } from "../common/Button";
import { useActions } from "../common/StoreContext";
import { isMac } from "./isMac";

const shortcut = { key: "k", hasCtrl: true };

export function CommandButton() {
  const actions = useActions();
  return (
    <IconButton
      label={`Commands (${keyNames(shortcut, isMac).join(" ")})`}
      aria-keyshortcuts={ariaKeys(shortcut, isMac)}
      aria-haspopup="dialog"
      onClick={() => actions.showCommands("palette")}
    >
      <Command size={18} aria-hidden="true" />
    </IconButton>
  );
}
