/** Every shortcut there is, and the switch for those of a single key (WCAG 2.2, SC 2.1.4). */
import { type Command, commandGroups } from "../../store/command";
import { commandsOf } from "../../store/commands";
import { Dialog } from "../common/Dialog";
import { Check } from "../common/Field";
import { useActions, useApp } from "../common/StoreContext";
import { Keys } from "./Keys";
import styles from "./ShortcutsDialog.module.css";

/** Keys that a place of the page listens to itself. */
const placeKeys: readonly { title: string; keys: string }[] = [
  { title: "From slot to slot", keys: "arrows, Home, End" },
  { title: "Take a slot in hand, put it in another’s place", keys: "Enter" },
  { title: "Move a slot within its scene", keys: "Alt and an arrow" },
  { title: "Remove a slot", keys: "Delete" },
  { title: "Put the slot in hand back, close what is open", keys: "Esc" },
  { title: "Turn and zoom a 3-D view", keys: "arrows, +, −, Home" },
];

function Line({ title, shortcuts = [] }: Pick<Command, "title" | "shortcuts">) {
  const hasSingleKeys = useApp((state) => state.hasSingleKeys);
  const usable = shortcuts.filter(({ hasCtrl }) => hasCtrl || hasSingleKeys);
  return (
    <div className={styles.line}>
      <dt>{title}</dt>
      <dd>
        {usable.length === 0 && "off"}
        {usable.map((shortcut, at) => (
          <span key={at}>
            {at > 0 && " or "}
            <Keys shortcut={shortcut} />
          </span>
        ))}
      </dd>
    </div>
  );
}

export function ShortcutsDialog() {
  const state = useApp((now) => now);
  const actions = useActions();
  const commands = commandsOf(state).filter(({ shortcuts = [] }) => shortcuts.length > 0);
  const groups = commandGroups.filter((group) => commands.some((one) => one.group === group));
  return (
    <Dialog title="Keyboard shortcuts" isOpen onClose={() => actions.showCommands("none")}>
      <Check
        name="Shortcuts of a single key"
        isChecked={state.hasSingleKeys}
        onChange={(is) => actions.setSingleKeys(is)}
      />
      <p className={styles.note}>
        They do nothing while you type in a field or a dialog is open. What has no shortcut is found
        under Commands.
      </p>
      <div className={styles.groups}>
        {groups.map((group) => (
          <section key={group} aria-label={group}>
            <h3>{group}</h3>
            <dl>
              {commands
                .filter((command) => command.group === group)
                .map((command) => (
                  <Line key={command.id} {...command} />
                ))}
            </dl>
          </section>
        ))}
        <section aria-label="Where the focus is">
          <h3>Where the focus is</h3>
          <dl>
            {placeKeys.map(({ title, keys }) => (
              <div key={title} className={styles.line}>
                <dt>{title}</dt>
                <dd>{keys}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}
