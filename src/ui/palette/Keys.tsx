/** A shortcut as keys to press. */
import { keyNames, type Shortcut } from "../../store/shortcuts";
import { isMac } from "./isMac";
import styles from "./Keys.module.css";

export function Keys({ shortcut }: { shortcut: Shortcut }) {
  return (
    <span className={styles.keys}>
      {keyNames(shortcut, isMac).map((name) => (
        <kbd key={name}>{name}</kbd>
      ))}
    </span>
  );
}
