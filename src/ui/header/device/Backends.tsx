/** What can run the model here, and why something cannot. */
import type { BackendProbe, DeviceInfo } from "../../../engine/protocol";
import { Button } from "../../common/Button";
import { useActions } from "../../common/StoreContext";
import { backendTitles } from "../../../store/titles";
import styles from "./Device.module.css";

function Backend({ probe, isCurrent }: { probe: BackendProbe; isCurrent: boolean }) {
  const actions = useActions();
  const title = backendTitles[probe.name];
  return (
    <li className={styles.row}>
      <div>
        <strong>{title}</strong>
        <p>{probe.reason}</p>
      </div>
      {isCurrent ? (
        <span className={styles.current}>in use</span>
      ) : (
        <Button
          disabled={probe.status === "missing"}
          aria-label={`Switch to ${title}`}
          onClick={() => void actions.switchBackend(probe.name)}
        >
          {probe.status === "missing" ? "Not here" : "Switch"}
        </Button>
      )}
    </li>
  );
}

export function Backends({ info }: { info: DeviceInfo }) {
  return (
    <ul className={styles.rows} aria-label="Backends">
      {info.probes.map((probe) => (
        <Backend key={probe.name} probe={probe} isCurrent={probe.name === info.backend} />
      ))}
    </ul>
  );
}
