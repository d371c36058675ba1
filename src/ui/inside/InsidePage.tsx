/** The Look inside page: each mechanism of the model, live, on one scene of the Play page. */
import type { ReactNode } from "react";
import { useShallow } from "zustand/react/shallow";

import { insideScene } from "../../store/insideSelectors";
import type { ExperimentName } from "../../store/insideState";
import type { AppState } from "../../store/state";
import { Button } from "../common/Button";
import { Segmented } from "../common/Segmented";
import { useActions, useApp } from "../common/StoreContext";
import { CrossAttentionView } from "./denoising/CrossAttentionView";
import { DenoisingView } from "./denoising/DenoisingView";
import { Experiments } from "./Experiments";
import { FirstStageView } from "./firstStage/FirstStageView";
import styles from "./Inside.module.css";
import { ScheduleView } from "./schedule/ScheduleView";
import { SlotAttentionView } from "./slots/SlotAttentionView";

/** Views in the order of the model, and the experiment that each belongs to. */
const views: readonly { id: string; View: () => ReactNode; of: ExperimentName }[] = [
  { id: "slots", View: SlotAttentionView, of: "slots" },
  { id: "firstStage", View: FirstStageView, of: "firstStage" },
  { id: "denoising", View: DenoisingView, of: "truth" },
  { id: "crossAttention", View: CrossAttentionView, of: "truth" },
  { id: "schedule", View: ScheduleView, of: "truth" },
];

const selectScenes = ({ scenes }: AppState) => scenes.map(({ id, letter }) => `${letter} ${id}`);

function SceneChooser() {
  const actions = useActions();
  const scenes = useApp(useShallow(selectScenes));
  const sceneId = useApp((state) => insideScene(state)?.id ?? null);
  if (scenes.length === 0)
    return <Button onClick={() => actions.setPage("play")}>To the Play page, for a scene</Button>;
  return (
    <div className={styles.chooser}>
      <span aria-hidden="true">Scene</span>
      <Segmented
        name="Scene to look into"
        value={sceneId}
        options={scenes.map((scene) => ({ value: scene.slice(2), label: scene.slice(0, 1) }))}
        onChange={actions.lookInto}
      />
    </div>
  );
}

export function InsidePage() {
  const experiment = useApp((state) => state.inside.experiment);
  const shown = views.filter(({ of }) => experiment === null || of === experiment);
  return (
    <main className={styles.main} data-testid="inside-page">
      <header className={styles.intro}>
        <h2 className="visually-hidden">Look inside</h2>
        <SceneChooser />
        <p>
          Every mechanism of the paper at work on one scene of the Play page. The paper begins with
          three experiments; so can you.
        </p>
      </header>
      <Experiments />
      {shown.map(({ id, View }) => (
        <View key={id} />
      ))}
    </main>
  );
}
