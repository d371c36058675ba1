/** What is running where: backends and why some cannot run, threads, memory, and the weights this browser keeps. */
import { RefreshCw, Trash2, X } from "lucide-react";
import type { ReactNode, RefObject } from "react";

import type { BackendProbe, CachedWeights, DeviceInfo, MemoryReport } from "../../engine/protocol";
import { Button, IconButton } from "../common/Button";
import { formatBytes } from "../common/format";
import { useActions, useApp } from "../common/StoreContext";
import { backendTitles } from "./backendTitles";
import styles from "./DeviceDialog.module.css";

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

function Backends({ info }: { info: DeviceInfo }) {
  return (
    <>
      <ul className={styles.rows}>
        {info.probes.map((probe) => (
          <Backend key={probe.name} probe={probe} isCurrent={probe.name === info.backend} />
        ))}
      </ul>
      <dl className={styles.facts}>
        <Fact name="Device">{info.description}</Fact>
        <Fact name="WebAssembly threads">{info.threads}</Fact>
        <Fact name="Page isolated, as threads need">{info.isIsolated ? "yes" : "no"}</Fact>
      </dl>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Memory({ memory }: { memory: MemoryReport | null }) {
  const actions = useActions();
  return (
    <section className={styles.section}>
      <div className={styles.heading}>
        <h3>Memory</h3>
        <IconButton label="Measure again" onClick={() => void actions.refreshMemory()}>
          <RefreshCw size={15} aria-hidden="true" />
        </IconButton>
      </div>
      <dl className={styles.facts}>
        <Fact name="Tensors">{memory?.numTensors ?? "–"}</Fact>
        <Fact name="Bytes in tensors">{memory ? formatBytes(memory.tensorBytes) : "–"}</Fact>
        <Fact name="GPU buffers, spare ones included">
          {memory === null || memory.gpuBytes === null ? "–" : formatBytes(memory.gpuBytes)}
        </Fact>
      </dl>
    </section>
  );
}

const fileName = (url: string) => url.split("/").slice(-2).join("/");

function Weights({ weights }: { weights: readonly CachedWeights[] }) {
  const actions = useActions();
  return (
    <section className={styles.section}>
      <div className={styles.heading}>
        <h3>Weights kept in this browser</h3>
        {weights.length > 1 && (
          <Button tone="danger" onClick={() => void actions.deleteWeights(null)}>
            Delete all
          </Button>
        )}
      </div>
      {weights.length === 0 && <p>None. A model is fetched again at the next visit.</p>}
      <ul className={styles.rows}>
        {weights.map(({ url, bytes, hash }) => (
          <li key={url} className={styles.row}>
            <div>
              <strong>{fileName(url)}</strong>
              <p>
                {formatBytes(bytes)}, <code>{hash.slice(0, 8)}</code>
              </p>
            </div>
            <IconButton
              tone="danger"
              label={`Delete ${fileName(url)}`}
              onClick={() => void actions.deleteWeights(url)}
            >
              <Trash2 size={16} aria-hidden="true" />
            </IconButton>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function DeviceDialog({ dialog }: { dialog: RefObject<HTMLDialogElement | null> }) {
  const device = useApp((state) => state.device);
  const memory = useApp((state) => state.memory);
  const weights = useApp((state) => state.cachedWeights);
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby="device-heading">
      <div className={styles.heading}>
        <h2 id="device-heading">What is running where</h2>
        <IconButton label="Close" onClick={() => dialog.current?.close()}>
          <X size={18} aria-hidden="true" />
        </IconButton>
      </div>
      <p>Everything runs in this tab, in a worker of its own. No picture leaves this machine.</p>
      {device.status === "ready" && <Backends info={device.info} />}
      {device.status === "starting" && <p>The engine is starting…</p>}
      {device.status === "failed" && <p className={styles.failed}>{device.message}</p>}
      <Memory memory={memory} />
      <Weights weights={weights} />
    </dialog>
  );
}
