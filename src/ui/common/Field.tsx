/** A control with its name above or beside it. */
import type { ReactNode } from "react";

import { classNames } from "./classNames";
import styles from "./Field.module.css";

type FieldProps = { name: string; children: ReactNode; className?: string | undefined };

/** A name and one native control, joined by a label element. */
export function Field({ name, children, className }: FieldProps) {
  return (
    <label className={classNames(styles.field, className)}>
      <span className={styles.name}>{name}</span>
      {children}
    </label>
  );
}

/** A name above several controls that name themselves. */
export function FieldGroup({ name, children, className }: FieldProps) {
  return (
    <div role="group" aria-label={name} className={classNames(styles.field, className)}>
      <span className={styles.name} aria-hidden="true">
        {name}
      </span>
      <div className={styles.row}>{children}</div>
    </div>
  );
}

type CheckProps = { name: string; isChecked: boolean; onChange: (isChecked: boolean) => void };

/** A checkbox with its name beside it. */
export function Check({ name, isChecked, onChange }: CheckProps) {
  return (
    <label className={styles.check}>
      <input
        type="checkbox"
        checked={isChecked}
        onChange={(change) => onChange(change.target.checked)}
      />
      {name}
    </label>
  );
}
