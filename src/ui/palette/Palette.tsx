/** The command palette: every command that can be run now, found by typing. */
import { Command as Menu } from "cmdk";
import { Check } from "lucide-react";
import { useLayoutEffect, useRef } from "react";

import { type Command, commandGroups } from "../../store/command";
import { commandsOf } from "../../store/commands";
import { useActions, useApp } from "../common/StoreContext";
import { Keys } from "./Keys";
import styles from "./Palette.module.css";

/** Opens the dialog; closing it before it goes is what gives the focus back. */
function useModal() {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector("input")?.focus(); // not the menu around it
    return () => element?.close();
  }, []);
  return dialog;
}

function Line({ command, onChoose }: { command: Command; onChoose: () => void }) {
  const { title, keywords = "", isOn, shortcuts = [] } = command;
  const hasSingleKeys = useApp((state) => state.hasSingleKeys);
  const shortcut = shortcuts.find(({ hasCtrl }) => hasCtrl || hasSingleKeys);
  return (
    <Menu.Item
      value={title}
      keywords={keywords.split(" ")}
      className={styles.line}
      onSelect={onChoose}
    >
      <span className={styles.title}>{title}</span>
      {isOn === true && (
        <span className={styles.on}>
          <Check size={14} aria-hidden="true" /> on
        </span>
      )}
      {shortcut && <Keys shortcut={shortcut} />}
    </Menu.Item>
  );
}

export function Palette() {
  const state = useApp((now) => now);
  const actions = useActions();
  const dialog = useModal();
  const available = commandsOf(state).filter(
    ({ id, isAvailable = true }) => isAvailable && id !== "palette",
  );
  const choose = (id: string): void => {
    dialog.current?.close(); // first: what the command opens takes the focus from where it was
    actions.showCommands("none");
    actions.runCommand(id);
  };
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-label="Commands"
      onKeyDown={(key) => {
        if (key.key === "Escape") key.stopPropagation(); // a slot in hand stays there
      }}
      onClick={({ target, currentTarget }) => {
        if (target === currentTarget) currentTarget.close(); // beside it
      }}
      onClose={({ currentTarget }) => {
        if (!currentTarget.open) actions.showCommands("none");
      }}
    >
      <Menu label="Commands" loop vimBindings={false} className={styles.menu}>
        <Menu.Input placeholder="What to do?" className={styles.input} />
        <Menu.List label="Commands" className={styles.list}>
          <Menu.Empty className={styles.empty}>No command is called so.</Menu.Empty>
          {commandGroups.map((group) => (
            <Menu.Group key={group} heading={group} className={styles.group}>
              {available
                .filter((command) => command.group === group)
                .map((command) => (
                  <Line key={command.id} command={command} onChoose={() => choose(command.id)} />
                ))}
            </Menu.Group>
          ))}
        </Menu.List>
      </Menu>
    </dialog>
  );
}
