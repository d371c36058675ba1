/** A button for what cannot be undone: the first press asks, the second does it. */
import { useEffect, useRef, useState, type ReactNode } from "react";

import { Button } from "./Button";
import styles from "./ConfirmButton.module.css";

type ConfirmButtonProps = {
  /** What the button says, and what the second one says too. */
  children: string;
  /** Asked in between, e.g. "Delete 12 pictures?" */
  question: string;
  icon?: ReactNode;
  disabled?: boolean;
  /** Accessible name, where the words on the button need more. */
  label?: string;
  onConfirm: () => void;
};

export function ConfirmButton(props: ConfirmButtonProps) {
  const { children, question, icon, disabled, label, onConfirm } = props;
  const [isAsking, setAsking] = useState(false);
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isAsking) keep.current?.focus();
  }, [isAsking]);

  if (!isAsking) {
    return (
      <Button
        tone="danger"
        icon={icon}
        disabled={disabled}
        aria-label={label}
        onClick={() => setAsking(true)}
      >
        {children}
      </Button>
    );
  }
  return (
    <span
      role="group"
      aria-label={question}
      className={styles.ask}
      onKeyDown={({ key }) => key === "Escape" && setAsking(false)}
    >
      <span>{question}</span>
      <Button
        tone="danger"
        onClick={() => {
          setAsking(false);
          onConfirm();
        }}
      >
        {children}
      </Button>
      <button ref={keep} type="button" className={styles.keep} onClick={() => setAsking(false)}>
        Keep
      </button>
    </span>
  );
}
