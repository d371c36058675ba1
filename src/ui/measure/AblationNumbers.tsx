/** The numbers behind the plots of an ablation, as a table. */
import type { Ablation, AblationName } from "../../store/measureState";
import { shortNumber, smallPlots } from "./ablationPlots";
import styles from "./Measure.module.css";

type AblationNumbersProps = { name: AblationName; ablation: Ablation; axis: string };

export function AblationNumbers({ name, ablation, axis }: AblationNumbersProps) {
  const plots = smallPlots(name, ablation);
  const rows = plots.flatMap(({ title, series }) =>
    series.flatMap((line) =>
      line.dots.map((dot) => ({ measure: title, line: line.title, ...dot })),
    ),
  );
  if (rows.length === 0) return null;
  return (
    <details className={styles.protocol}>
      <summary>The numbers, and how they were measured</summary>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={`Numbers of ${axis}`}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Measure</th>
              <th scope="col">{axis}</th>
              <th scope="col">Value</th>
              <th scope="col">Standard error</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ measure, line, x, y, error }) => (
              <tr key={`${measure} ${line} ${x}`}>
                <th scope="row">{line === "" ? measure : `${measure}, ${line}`}</th>
                <td>{x}</td>
                <td>{shortNumber(y)}</td>
                <td>{error > 0 ? shortNumber(error) : "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p>{ablation.protocol.split("\n")[0]}</p>
    </details>
  );
}
