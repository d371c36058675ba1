/** The page: Play and others, under one header. */
import "./common/tokens.css";

import { Activity, lazy, Suspense, useEffect, useState, type ReactNode } from "react";

import type { Fit } from "../engine/protocol";
import type { PageName } from "../store/trainingState";
import styles from "./App.module.css";
import { useApp } from "./common/StoreContext";
import { DragLayer } from "./composition/DragLayer";
import { HandBar } from "./composition/HandBar";
import { Examples } from "./examples/Examples";
import { GenerationBar } from "./generation/GenerationBar";
import { HowItWorks } from "./guide/HowItWorks";
import { Header } from "./header/Header";
import { InspectionDialog } from "./header/InspectionDialog";
import { KeptLine } from "./notices/KeptWork";
import { LiveRegion, Notices } from "./notices/Notices";
import { Commands } from "./palette/Commands";
import { SampleStrip } from "./samples/SampleStrip";
import { WindowDrop } from "./samples/WindowDrop";
import { SceneGrid } from "./scene/SceneGrid";
import { Tour } from "./tour/Tour";
import { TourOffer } from "./tour/TourOffer";

/** Pages that come when they are first opened. */
const TrainPage = lazy(() =>
  import("./train/TrainPage").then((module) => ({ default: module.TrainPage })),
);
const InsidePage = lazy(() =>
  import("./inside/InsidePage").then((module) => ({ default: module.InsidePage })),
);
const SpacePage = lazy(() =>
  import("./space/SpacePage").then((module) => ({ default: module.SpacePage })),
);
const MeasurePage = lazy(() =>
  import("./measure/MeasurePage").then((module) => ({ default: module.MeasurePage })),
);
const LivePage = lazy(() =>
  import("./live/LivePage").then((module) => ({ default: module.LivePage })),
);

/** The root element carries the theme; "system" leaves the choice to the browser. */
function useTheme(): void {
  const theme = useApp((state) => state.theme);
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
}

function PlayPage() {
  return (
    <main className={styles.main}>
      <TourOffer />
      <SampleStrip />
      <Examples />
      <SceneGrid />
      <KeptLine />
      <HowItWorks />
    </main>
  );
}

type LaterPageProps = { name: PageName; title: string; children: ReactNode };

/** A page that is fetched when it is first opened, and keeps its state behind the others from then on. */
function LaterPage({ name, title, children }: LaterPageProps) {
  const isShown = useApp((state) => state.page === name);
  const [wasShown, setWasShown] = useState(isShown);
  if (isShown && !wasShown) setWasShown(true);
  if (!wasShown) return null;
  return (
    <Activity mode={isShown ? "visible" : "hidden"}>
      <Suspense fallback={<main className={styles.main}>Opening the {title} page…</main>}>
        {children}
      </Suspense>
    </Activity>
  );
}

/** The page on show. */
function Pages({ fit, onFit }: { fit: Fit; onFit: (fit: Fit) => void }) {
  const page = useApp((state) => state.page);
  return (
    <>
      <Activity mode={page === "play" ? "visible" : "hidden"}>
        <PlayPage />
      </Activity>
      <LaterPage name="inside" title="Look inside">
        <InsidePage />
      </LaterPage>
      <LaterPage name="space" title="Slot space">
        <SpacePage />
      </LaterPage>
      <LaterPage name="train" title="Train">
        <TrainPage fit={fit} onFit={onFit} />
      </LaterPage>
      <LaterPage name="measure" title="Measure">
        <MeasurePage />
      </LaterPage>
      <LaterPage name="live" title="Live">
        <LivePage />
      </LaterPage>
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
        <footer className={styles.dock} data-tour="dock">
          <Notices />
          {isPlay && <HandBar />}
          {isPlay && <GenerationBar />}
        </footer>
      </div>
      <LiveRegion />
      <Tour />
      <WindowDrop fit={fit} />
      <InspectionDialog />
      <Commands />
    </DragLayer>
  );
}
