/** A slider over steps, with what the step is in words. */
import { useId } from "react";

import styles from "./Scrubber.module.css";

type ScrubberProps = {
  name: string;
  value: number;
  min: number;
  max: number;
  /** Where it stands, in words; what a screen reader says too. */
  words: string;
  onChange: (value: number) => void;
};

export function Scrubber({ name, value, min, max, words, onChange }: ScrubberProps) {
  const id = useId();
  return (
    <div className={styles.scrubber}>
      <label htmlFor={id}>{name}</label>
      <input
        id={id}
        type="range"
        {...{ value, min, max }}
        step={1}
        aria-valuetext={words}
        onChange={(change) => onChange(change.target.valueAsNumber)}
      />
      <output htmlFor={id}>{words}</output>
    </div>
  );
}
