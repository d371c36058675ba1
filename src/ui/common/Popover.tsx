/** A panel that opens from its button: a native details element that also closes on Escape and on leaving it. */
import { useEffect, useRef, type ReactNode } from "react";

import { classNames } from "./classNames";
import styles from "./Popover.module.css";

type PopoverProps = {
  /** Accessible name of the button. */
  label: string;
  /** What the button shows. */
  face: ReactNode;
  /** What the panel holds; a press on anything marked `data-closes` closes it. */
  children: ReactNode;
  onOpen?: () => void;
  align?: "start" | "end";
  className?: string | undefined;
};

export function Popover(props: PopoverProps) {
  const { label, face, children, onOpen, align = "end", className } = props;
  const details = useRef<HTMLDetailsElement>(null);

  useEffect(() => {
    const closeOutside = ({ target }: Event) => {
      if (target instanceof Node && details.current?.contains(target) !== true)
        close(details.current);
    };
    document.addEventListener("pointerdown", closeOutside);
    document.addEventListener("focusin", closeOutside);
    return () => {
      document.removeEventListener("pointerdown", closeOutside);
      document.removeEventListener("focusin", closeOutside);
    };
  }, []);

  return (
    <details
      ref={details}
      className={styles.popover}
      onToggle={({ currentTarget }) => currentTarget.open && onOpen?.()}
      onClick={({ target }) => {
        if (target instanceof Element && target.closest("[data-closes]")) close(details.current);
      }}
      onKeyDown={(key) => {
        if (key.key !== "Escape" || details.current?.open !== true) return;
        key.stopPropagation();
        close(details.current);
        details.current.querySelector("summary")?.focus();
      }}
    >
      <summary className={classNames(styles.summary, className)} aria-label={label} title={label}>
        {face}
      </summary>
      <div className={classNames(styles.panel, styles[align])}>{children}</div>
    </details>
  );
}

function close(details: HTMLDetailsElement | null): void {
  if (details !== null) details.open = false;
}
