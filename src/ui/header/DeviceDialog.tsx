/** What is running where, in a dialog whose contents come when it is first opened. */
import { lazy, Suspense } from "react";

import { Dialog } from "../common/Dialog";
import { useActions, useApp } from "../common/StoreContext";

const DevicePanel = lazy(() =>
  import("./device/DevicePanel").then((module) => ({ default: module.DevicePanel })),
);

export function DeviceDialog() {
  const isShown = useApp((state) => state.isUsageShown);
  const actions = useActions();
  return (
    <Dialog title="What is running where" isOpen={isShown} onClose={() => actions.hideUsage()}>
      <Suspense fallback={<p>Opening…</p>}>
        <DevicePanel />
      </Suspense>
    </Dialog>
  );
}
