/** A part of the panel: a heading, what can be done, and facts. */
import { useId, type ReactNode } from "react";

import styles from "./Device.module.css";

type SectionProps = { title: string; tool?: ReactNode; children: ReactNode };

export function Section({ title, tool, children }: SectionProps) {
  const heading = useId();
  return (
    <section className={styles.section} aria-labelledby={heading}>
      <div className={styles.heading}>
        <h3 id={heading}>{title}</h3>
        {tool}
      </div>
      {children}
    </section>
  );
}

/** Facts as names and values; values that are null are left out. */
export function Facts({ facts }: { facts: Record<string, string | number | null> }) {
  return (
    <dl className={styles.facts}>
      {Object.entries(facts).map(
        ([name, value]) =>
          value !== null && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
