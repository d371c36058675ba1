/** The page: two of them, Play and Train, under one header. */
import "./common/tokens.css";

import { Activity, lazy, Suspense, useEffect, useState } from "react";

import type { Fit } from "../engine/protocol";
import styles from "./App.module.css";
import { useApp } from "./common/StoreContext";
import { DragLayer } from "./composition/DragLayer";
import { HandBar } from "./composition/HandBar";
import { useUndoKeys } from "./composition/useUndoKeys";
import { GenerationBar } from "./generation/GenerationBar";
import { HowItWorks } from "./guide/HowItWorks";
import { Header } from "./header/Header";
import { InspectionDialog } from "./header/InspectionDialog";
import { LiveRegion, Notices } from "./notices/Notices";
import { SampleStrip } from "./samples/SampleStrip";
import { WindowDrop } from "./samples/WindowDrop";
import { SceneGrid } from "./scene/SceneGrid";

/** Comes when it is first opened. */
const TrainPage = lazy(() =>
  import("./train/TrainPage").then((module) => ({ default: module.TrainPage })),
);

/** The root element carries the theme; "system" leaves the choice to the browser. */
function useTheme(): void {
  const theme = useApp((state) => state.theme);
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
}

function PlayPage() {
  useUndoKeys();
  return (
    <main className={styles.main}>
      <SampleStrip />
      <SceneGrid />
      <HowItWorks />
    </main>
  );
}

/** The page on show; one that was opened before keeps its state behind it. */
function Pages({ fit, onFit }: { fit: Fit; onFit: (fit: Fit) => void }) {
  const page = useApp((state) => state.page);
  const [hasTrained, setTrained] = useState(page === "train");
  if (page === "train" && !hasTrained) setTrained(true);
  return (
    <>
      <Activity mode={page === "play" ? "visible" : "hidden"}>
        <PlayPage />
      </Activity>
      {hasTrained && (
        <Activity mode={page === "train" ? "visible" : "hidden"}>
          <Suspense fallback={<main className={styles.main}>Opening the Train page…</main>}>
            <TrainPage fit={fit} onFit={onFit} />
          </Suspense>
        </Activity>
      )}
    </>
  );
}

/** Needs a StoreProvider above it. */
export function App() {
  useTheme();
  const isPlay = useApp((state) => state.page === "play");
  const [fit, setFit] = useState<Fit>("crop"); // how pictures of a set become square, dropped or chosen
  return (
    <DragLayer>
      <div className={styles.page}>
        <Header />
        <Pages fit={fit} onFit={setFit} />
        <footer className={styles.dock}>
          <Notices />
          {isPlay && <HandBar />}
          {isPlay && <GenerationBar />}
        </footer>
      </div>
      <LiveRegion />
      <WindowDrop fit={fit} />
      <InspectionDialog />
    </DragLayer>
  );
}
