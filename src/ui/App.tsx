/** The page. */
import "./common/tokens.css";

import { useEffect } from "react";

import styles from "./App.module.css";
import { useApp } from "./common/StoreContext";
import { DragLayer } from "./composition/DragLayer";
import { HandBar } from "./composition/HandBar";
import { useUndoKeys } from "./composition/useUndoKeys";
import { GenerationBar } from "./generation/GenerationBar";
import { HowItWorks } from "./guide/HowItWorks";
import { Header } from "./header/Header";
import { LiveRegion, Notices } from "./notices/Notices";
import { SampleStrip } from "./samples/SampleStrip";
import { WindowDrop } from "./samples/WindowDrop";
import { SceneGrid } from "./scene/SceneGrid";

/** The root element carries the theme; "system" leaves the choice to the browser. */
function useTheme(): void {
  const theme = useApp((state) => state.theme);
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
}

/** Needs a StoreProvider above it. */
export function App() {
  useTheme();
  useUndoKeys();
  return (
    <DragLayer>
      <div className={styles.page}>
        <Header />
        <main className={styles.main}>
          <SampleStrip />
          <SceneGrid />
          <HowItWorks />
        </main>
        <footer className={styles.dock}>
          <Notices />
          <HandBar />
          <GenerationBar />
        </footer>
      </div>
      <LiveRegion />
      <WindowDrop />
    </DragLayer>
  );
}
