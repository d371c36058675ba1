/** One step of the page: its number and heading, what it is for, and its state, always in sight. */
import { useId, type ReactNode } from "react";

import { classNames } from "../common/classNames";
import styles from "./Step.module.css";

type StepProps = {
  number: number;
  title: string;
  /** What and why, in a sentence. */
  purpose: string;
  /** Where this step stands, in a few words. */
  state: string;
  tone?: "plain" | "good" | "busy" | "bad";
  children: ReactNode;
};

export function Step({ number, title, purpose, state, tone = "plain", children }: StepProps) {
  const heading = useId();
  return (
    <section className={styles.step} aria-labelledby={heading} data-testid={`step-${number}`}>
      <header className={styles.header}>
        <span className={styles.number} aria-hidden="true">
          {number}
        </span>
        <h2 id={heading}>{title}</h2>
        <p className={classNames(styles.state, styles[tone])} data-testid={`step-${number}-state`}>
          {state}
        </p>
        <p className={styles.purpose}>{purpose}</p>
      </header>
      <div className={styles.body}>{children}</div>
    </section>
  );
}

/** A part of a step under a heading of its own. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  const heading = useId();
  return (
    <section className={styles.part} aria-labelledby={heading}>
      <h3 id={heading}>{title}</h3>
      {children}
    </section>
  );
}
