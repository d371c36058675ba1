/** A view of the page: its heading, how it works in two sentences and a formula, where the paper says so, and the view. */
import { useId, type ReactNode } from "react";

import styles from "./View.module.css";

const paper = "https://arxiv.org/abs/2305.11281";

type ViewProps = {
  title: string;
  /** Two sentences on the mechanism. */
  mechanism: string;
  formula: ReactNode;
  /** The formula in words, for a screen reader. */
  spoken: string;
  /** Where in the paper. */
  section: string;
  testId: string;
  children: ReactNode;
};

export function View({ title, mechanism, formula, spoken, section, testId, children }: ViewProps) {
  const heading = useId();
  return (
    <section className={styles.view} aria-labelledby={heading} data-testid={testId}>
      <header className={styles.header}>
        <h2 id={heading}>{title}</h2>
        <p className={styles.mechanism}>{mechanism}</p>
        <p className={styles.formula}>
          <span role="math" aria-label={spoken}>
            {formula}
          </span>
          <a href={paper} rel="noreferrer" target="_blank">
            SlotDiffusion, {section}
          </a>
        </p>
      </header>
      <div className={styles.body}>{children}</div>
    </section>
  );
}
