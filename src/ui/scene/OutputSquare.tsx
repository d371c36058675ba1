/** The picture that the model draws from a scene's placed slots: empty, on its way, done, or out of date. */
import { Play, RotateCw, X } from "lucide-react";
import { lazy, Suspense, useState, type ReactNode } from "react";

import type { Pixels } from "../../engine/protocol";
import { slotKeys } from "../../store/placement";
import { differenceText } from "../../store/pictureDifference";
import { isStale } from "../../store/selectors";
import type { Scene, SceneRender } from "../../store/state";
import { whyNotDraw } from "../../store/whyNotDraw";
import { Button } from "../common/Button";
import { PixelsCanvas } from "../common/Canvas";
import { classNames } from "../common/classNames";
import { formatDuration } from "../common/format";
import { ProgressBar } from "../common/ProgressBar";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./Square.module.css";

/** Comes when two pictures are first compared. */
const CompareSlider = lazy(() =>
  import("./CompareSlider").then((module) => ({ default: module.CompareSlider })),
);

function pixelsOf(render: SceneRender): Pixels | null {
  if (render.status === "running") return render.preview;
  return render.status === "done" ? render.image : null;
}

/** The picture to show; while a new one waits for its turn, the one before it. */
function useShownPixels(render: SceneRender): Pixels | null {
  const [last, setLast] = useState<Pixels | null>(null);
  const current = pixelsOf(render);
  if (current !== null && current !== last) setLast(current);
  return render.status === "queued" ? last : current;
}

function GenerateButton({ scene, again = false }: { scene: Scene; again?: boolean }) {
  const actions = useActions();
  const reason = useApp((state) => whyNotDraw(state, scene.id));
  return (
    <>
      {reason !== null && <p>{reason}</p>}
      <Button
        tone="primary"
        disabled={reason !== null}
        icon={again ? <RotateCw size={15} aria-hidden /> : <Play size={15} aria-hidden />}
        aria-label={`Generate scene ${scene.letter}${again ? " again" : ""}`}
        onClick={() => void actions.generate(scene.id)}
      >
        {again ? "Generate again" : "Generate"}
      </Button>
    </>
  );
}

function Panel({ scene, children }: { scene: Scene; children: ReactNode }) {
  const actions = useActions();
  return (
    <div className={styles.panel}>
      {children}
      <Button
        className={styles.cancel}
        icon={<X size={15} aria-hidden />}
        aria-label={`Cancel scene ${scene.letter}`}
        onClick={() => actions.cancelGenerate(scene.id)}
      >
        Cancel
      </Button>
    </div>
  );
}

/** What lies over the picture in each state. */
function RenderOverlay({ scene, stale }: { scene: Scene; stale: boolean }) {
  const { render, placed } = scene;
  switch (render.status) {
    case "none":
      return (
        <div className={styles.message}>
          <p>The decoder draws this scene from its slots alone.</p>
          <GenerateButton scene={scene} />
        </div>
      );
    case "queued":
      return (
        <Panel scene={scene}>
          <ProgressBar name="Waiting for its turn" fraction={null} />
        </Panel>
      );
    case "running":
      return (
        <Panel scene={scene}>
          <RenderProgress step={render.step} totalSteps={render.totalSteps} />
        </Panel>
      );
    case "failed":
      return (
        <div className={styles.message}>
          <p>{render.message}</p>
          <GenerateButton scene={scene} again />
        </div>
      );
    case "done":
      if (!stale) return null;
      return (
        <div className={styles.over}>
          <p>
            {render.slotKeys === slotKeys(placed) ? "Settings" : "Slots"} changed: generate again
          </p>
          <GenerateButton scene={scene} again />
        </div>
      );
  }
}

function RenderProgress({ step, totalSteps }: { step: number; totalSteps: number }) {
  return step >= totalSteps ? (
    <ProgressBar name="Decoding the picture" fraction={null} />
  ) : (
    <ProgressBar
      name="Denoising"
      amount={`${step} of ${totalSteps}`}
      fraction={step / totalSteps}
    />
  );
}

function RenderSummary({ render }: { render: SceneRender }) {
  if (render.status !== "done") return null;
  const { settings, elapsedMs, msPerStep, batch, shuffled } = render;
  return (
    <>
      <p>
        {settings.steps} steps in {formatDuration(elapsedMs)}, {formatDuration(msPerStep)} each
        {batch > 1 && `, ${batch} pictures together`}; seed {settings.seed}
      </p>
      {shuffled && <p data-testid="shuffled">Order shuffled. {differenceText(shuffled)}</p>}
    </>
  );
}

/** The drawn picture; where it is compared, under a slider with the picture that the scene came from. */
function OutputPicture({ scene, isCompared, isDim }: OutputSquareProps & { isDim: boolean }) {
  const { render, encoding, letter } = scene;
  const pixels = useShownPixels(render);
  if (!pixels) return null;
  if (isCompared && render.status === "done" && encoding.status === "ready")
    return (
      <Suspense fallback={null}>
        <CompareSlider before={encoding.input} after={render.image} letter={letter} />
      </Suspense>
    );
  return (
    <PixelsCanvas
      pixels={pixels}
      className={classNames(styles.picture, isDim && styles.isDim)}
      data-testid={`output-${letter}`}
      role="img"
      aria-label={`Picture drawn from the slots of scene ${letter}`}
    />
  );
}

type OutputSquareProps = { scene: Scene; isCompared: boolean };

export function OutputSquare({ scene, isCompared }: OutputSquareProps) {
  const stale = useApp((state) => isStale(scene, state.settings));
  const { render, letter } = scene;
  const isDim = stale || render.status === "queued";
  return (
    <figure className={classNames(styles.figure, styles.output)} data-tour="output">
      <figcaption className={styles.caption}>
        <strong>From slots</strong>
        <span>{isCompared ? "beside the image" : "drawn by the decoder"}</span>
      </figcaption>
      <div
        className={styles.square}
        data-testid={`render-${letter}`}
        data-status={render.status}
        data-stale={stale}
      >
        <OutputPicture scene={scene} isCompared={isCompared && !stale} isDim={isDim} />
        <RenderOverlay scene={scene} stale={stale} />
      </div>
      <div className={styles.status}>
        <RenderSummary render={render} />
      </div>
    </figure>
  );
}
