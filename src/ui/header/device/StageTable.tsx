/** What each stage of a picture took when it last ran. */
import type { DeviceDetails, StageUse } from "../../../engine/protocol/usage";
import styles from "./Device.module.css";
import { pieceTitles, stageRow } from "./deviceTexts";

function Row({ use }: { use: StageUse }) {
  const { name, what, time, timeEach, count, countEach, memory } = stageRow(use);
  return (
    <tr data-testid={`stage-${use.stage}`}>
      <th scope="row">
        {name}
        <span>{what}</span>
      </th>
      <td>
        {time}
        <span>{timeEach}</span>
      </td>
      <td>
        {count}
        <span>{countEach}</span>
      </td>
      <td>{memory}</td>
    </tr>
  );
}

type StageTableProps = { stages: readonly StageUse[]; kind: DeviceDetails["kind"] };

export function StageTable({ stages, kind }: StageTableProps) {
  if (stages.length === 0) return <p>Nothing has run on this device yet. Add a picture on Play.</p>;
  return (
    <>
      <table className={styles.stages}>
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col">Time</th>
            <th scope="col">{pieceTitles[kind]}</th>
            <th scope="col">Most in tensors</th>
          </tr>
        </thead>
        <tbody>
          {stages.map((use) => (
            <Row key={use.stage} use={use} />
          ))}
        </tbody>
      </table>
      <p className={styles.note}>
        The model’s weights count as tensors. On a GPU the first run also compiles its programs.
      </p>
    </>
  );
}
