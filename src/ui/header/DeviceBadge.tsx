/** Where the model runs, in a word; opens the whole account. */
import { Cpu } from "lucide-react";

import type { DeviceState } from "../../store/state";
import { classNames } from "../common/classNames";
import { useActions, useApp } from "../common/StoreContext";
import { backendTitles } from "../../store/titles";
import styles from "./DeviceBadge.module.css";
import { DeviceDialog } from "./DeviceDialog";

function badgeText(device: DeviceState): { name: string; detail: string } {
  switch (device.status) {
    case "starting":
      return { name: "Starting…", detail: "" };
    case "failed":
      return { name: "No device", detail: "see why" };
    case "ready":
      return { name: backendTitles[device.info.backend], detail: device.info.description };
  }
}

export function DeviceBadge() {
  const device = useApp((state) => state.device);
  const actions = useActions();
  const { name, detail } = badgeText(device);
  return (
    <>
      <button
        type="button"
        className={styles.badge}
        data-testid="device-badge"
        title="What is running where"
        aria-haspopup="dialog"
        onClick={() => actions.showUsage()}
      >
        <span className={classNames(styles.lamp, styles[device.status])} />
        <Cpu size={15} aria-hidden="true" />
        <span className="visually-hidden">What is running where: </span>
        {name}
        <span className={styles.detail}>{detail}</span>
      </button>
      <DeviceDialog />
    </>
  );
}
