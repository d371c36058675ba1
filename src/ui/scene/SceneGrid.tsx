/** The scenes side by side, how their masks are drawn, and what to do when there is none. */
import { ImagePlus } from "lucide-react";
import { useShallow } from "zustand/react/shallow";

import type { AppState } from "../../store/state";
import { Check } from "../common/Field";
import { useActions, useApp } from "../common/StoreContext";
import { ComposeFormula } from "../composition/ComposeFormula";
import { SceneCard } from "./SceneCard";
import styles from "./SceneGrid.module.css";

const selectIds = ({ scenes }: AppState) => scenes.map(({ id }) => id);

function OverlayControls() {
  const { opacity, hasFill, hasOutlines, hasTruth } = useApp((state) => state.overlay);
  const actions = useActions();
  return (
    <div role="group" aria-label="Masks over the pictures" className={styles.overlay}>
      <span aria-hidden="true">Masks</span>
      <Check
        name="Fill"
        isChecked={hasFill}
        onChange={(is) => actions.setOverlay({ hasFill: is })}
      />
      <input
        type="range"
        aria-label="Opacity of the fill"
        min={0}
        max={1}
        step={0.05}
        value={opacity}
        disabled={!hasFill}
        onChange={(change) => actions.setOverlay({ opacity: change.target.valueAsNumber })}
      />
      <Check
        name="Outlines"
        isChecked={hasOutlines}
        onChange={(is) => actions.setOverlay({ hasOutlines: is })}
      />
      <Check
        name="Truth"
        isChecked={hasTruth}
        onChange={(is) => actions.setOverlay({ hasTruth: is })}
      />
    </div>
  );
}

function EmptyState() {
  const isComing = useApp(({ keep }) => keep.status === "bringing");
  if (isComing) return <p className={styles.empty}>Bringing back your work…</p>;
  return (
    <div className={styles.empty}>
      <ImagePlus size={30} aria-hidden="true" />
      <h3>No scenes yet</h3>
      <p>
        Press New scene or one of the samples above, or drop, paste or choose a picture of your own.
        It is taken apart into slots here, in your browser; it is sent nowhere.
      </p>
    </div>
  );
}

export function SceneGrid() {
  const ids = useApp(useShallow(selectIds));
  return (
    <section aria-labelledby="scenes-heading">
      <div className={styles.heading}>
        <h2 id="scenes-heading">Scenes</h2>
        <p>
          A slot stands for one object, or for the background. Move slots between scenes, then let
          the decoder draw what they say.
        </p>
        <OverlayControls />
      </div>
      <ComposeFormula />
      {ids.length === 0 ? (
        <EmptyState />
      ) : (
        <div className={styles.grid}>
          {ids.map((id) => (
            <SceneCard key={id} id={id} />
          ))}
        </div>
      )}
    </section>
  );
}
