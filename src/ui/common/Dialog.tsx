/** A modal dialog with a heading and a way out: the browser's own, open as long as the page says so. */
import { X } from "lucide-react";
import { useEffect, useId, useRef, type ReactNode } from "react";

import { IconButton } from "./Button";
import styles from "./Dialog.module.css";

type DialogProps = {
  title: string;
  isOpen: boolean;
  /** Closed by its button, by Escape, or by `isOpen`. */
  onClose: () => void;
  children: ReactNode;
};

export function Dialog({ title, isOpen, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    if (isOpen && dialog.current?.open === false) dialog.current.showModal();
    if (!isOpen) dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby={heading} onClose={onClose}>
      <div className={styles.heading}>
        <h2 id={heading}>{title}</h2>
        <IconButton label="Close" onClick={() => dialog.current?.close()}>
          <X size={18} aria-hidden="true" />
        </IconButton>
      </div>
      {isOpen && children}
    </dialog>
  );
}
