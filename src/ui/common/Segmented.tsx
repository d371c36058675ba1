/** One of a few: radio buttons drawn as a row of segments. */
import { useId } from "react";

import styles from "./Segmented.module.css";

type SegmentedProps<Value extends string | number> = {
  /** What is chosen, e.g. "Steps". */
  name: string;
  value: Value | null;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
};

export function Segmented<Value extends string | number>(props: SegmentedProps<Value>) {
  const group = useId();
  return (
    <fieldset className={styles.segmented}>
      <legend className="visually-hidden">{props.name}</legend>
      {props.options.map(({ value, label }) => (
        <label key={value} className={styles.segment}>
          <input
            type="radio"
            name={group}
            className="visually-hidden"
            checked={value === props.value}
            onChange={() => props.onChange(value)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
