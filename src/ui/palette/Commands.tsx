/** Commands: the shortcuts, and the palette and the list of keys, each fetched when it is first opened. */
import { lazy, Suspense } from "react";

import { useApp } from "../common/StoreContext";
import { useShortcuts } from "./useShortcuts";

const Palette = lazy(() => import("./Palette").then((module) => ({ default: module.Palette })));
const ShortcutsDialog = lazy(() =>
  import("./ShortcutsDialog").then((module) => ({ default: module.ShortcutsDialog })),
);

export function Commands() {
  useShortcuts();
  const panel = useApp((state) => state.commandPanel);
  if (panel === "none") return null;
  return (
    <Suspense fallback={null}>{panel === "palette" ? <Palette /> : <ShortcutsDialog />}</Suspense>
  );
}
