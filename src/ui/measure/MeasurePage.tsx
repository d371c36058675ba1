/** The Measure page: a model's numbers with their errors, its worst pictures, and what becomes of it when it is changed. */
import { AblationsView } from "./AblationsView";
import styles from "./Measure.module.css";
import { MeasureView } from "./MeasureView";

export function MeasurePage() {
  return (
    <main className={styles.main} data-testid="measure-page">
      <MeasureView />
      <AblationsView />
    </main>
  );
}
