/** Undo and redo from the keyboard, wherever the focus is but in a field that undoes its own typing. */
import { useEffect } from "react";

import { useActions } from "../common/StoreContext";

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement && (target.type === "number" || target.type === "text");

/** Ctrl or Cmd + Z undoes; with Shift, or Ctrl + Y, redoes. */
export function useUndoKeys(): void {
  const actions = useActions();
  useEffect(() => {
    const act = (key: KeyboardEvent) => {
      if (!(key.ctrlKey || key.metaKey) || isTyping(key.target)) return;
      const letter = key.key.toLowerCase();
      const isRedo = letter === "y" || (letter === "z" && key.shiftKey);
      if (!isRedo && letter !== "z") return;
      key.preventDefault();
      if (isRedo) actions.redo();
      else actions.undo();
    };
    window.addEventListener("keydown", act);
    return () => window.removeEventListener("keydown", act);
  }, [actions]);
}
