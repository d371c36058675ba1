/** The keyboard's way to the commands, from anywhere on the page. */
import { useEffect } from "react";

import { useActions } from "../common/StoreContext";

/** Inputs in which a key types nothing. */
const silentInputs = ["checkbox", "radio", "range", "button", "submit", "reset", "file", "color"];

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !silentInputs.includes(target.type);
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLElement && target.isContentEditable;
}

/** Listens as long as the page lives; what an element has taken for itself is left alone. */
export function useShortcuts(): void {
  const actions = useActions();
  useEffect(() => {
    const press = (key: KeyboardEvent): void => {
      if (key.defaultPrevented || key.isComposing) return;
      const place = {
        isTyping: isTyping(key.target),
        isModal: document.querySelector("dialog:modal") !== null,
        isRepeated: key.repeat,
      };
      if (actions.pressKey(key, place)) key.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [actions]);
}
