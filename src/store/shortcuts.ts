/** Shortcuts as values: which keys, what they are called, and whether a press is one. */

/** A key with Ctrl (on a Mac Cmd) or alone; letters are written small, and with isShifted where Shift is held. */
export type Shortcut = { key: string; hasCtrl?: boolean; isShifted?: boolean };

/** What of a keyboard event is looked at. */
export type KeyPress = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

const isLetter = (key: string): boolean => /^[a-z]$/.test(key);

/** Whether a press is the shortcut. For signs such as "?" the layout decides whether Shift is held. */
export function isPressed({ key, hasCtrl, isShifted }: Shortcut, press: KeyPress): boolean {
  if (press.altKey || (press.ctrlKey || press.metaKey) !== (hasCtrl ?? false)) return false;
  if (press.key.toLowerCase() !== key) return false;
  return !isLetter(key) || press.shiftKey === (isShifted ?? false);
}

/** The keys to press, as they are labelled. */
export function keyNames({ key, hasCtrl, isShifted }: Shortcut, isMac: boolean): string[] {
  return [
    ...(hasCtrl ? [isMac ? "⌘" : "Ctrl"] : []),
    ...(isShifted ? [isMac ? "⇧" : "Shift"] : []),
    key.toUpperCase(),
  ];
}

/** As aria-keyshortcuts takes it: "Control+Shift+Z". */
export const ariaKeys = ({ key, hasCtrl, isShifted }: Shortcut, isMac: boolean): string =>
  [
    ...(hasCtrl ? [isMac ? "Meta" : "Control"] : []),
    ...(isShifted ? ["Shift"] : []),
    isLetter(key) ? key.toUpperCase() : key,
  ].join("+");
