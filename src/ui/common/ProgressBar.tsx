/** Progress of a long thing, named: a native progress element with its name and amount in words. */
import { useId } from "react";

import styles from "./ProgressBar.module.css";

type ProgressBarProps = {
  /** What is going on, e.g. "Denoising". */
  name: string;
  /** 0..1; null where the end is not known. */
  fraction: number | null;
  /** How far, in words, e.g. "7 of 20". */
  amount?: string;
};

export function ProgressBar({ name, fraction, amount }: ProgressBarProps) {
  const id = useId();
  return (
    <div className={styles.progress}>
      <label htmlFor={id} className={styles.words}>
        <span>{name}</span> {amount !== undefined && <span>{amount}</span>}
      </label>
      <progress
        id={id}
        className={styles.bar}
        max={1}
        {...(fraction === null ? {} : { value: fraction })}
      />
    </div>
  );
}
