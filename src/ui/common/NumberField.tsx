/** A whole or decimal number typed by hand: it is handed on when it is in range, and put right on leaving. */
import { useState } from "react";

import styles from "./NumberField.module.css";

type NumberFieldProps = {
  /** Accessible name. */
  label: string;
  value: number;
  min: number;
  max: number;
  /** 1 for whole numbers. */
  step?: number;
  onChange: (value: number) => void;
  width?: string;
};

export function NumberField({
  label,
  value,
  min,
  max,
  step = 1,
  onChange,
  width,
}: NumberFieldProps) {
  const [draft, setDraft] = useState<string | null>(null); // only while it is being typed
  const take = (text: string) => {
    setDraft(text);
    const number = Number(text);
    const isUsable = text.trim() !== "" && number >= min && number <= max;
    if (isUsable && (step !== 1 || Number.isInteger(number))) onChange(number);
  };
  return (
    <input
      type="number"
      className={styles.number}
      style={{ inlineSize: width }}
      aria-label={label}
      min={min}
      max={max}
      step={step}
      value={draft ?? value}
      onChange={(change) => take(change.target.value)}
      onBlur={() => setDraft(null)}
    />
  );
}
