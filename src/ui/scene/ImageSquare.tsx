/** A scene's picture under its masks; a slot can be dragged straight out of it. */
import { useDraggable } from "@dnd-kit/core";
import { useState } from "react";

import type { AppState, Scene, SceneEncoding, SlotRef } from "../../store/state";
import { Button } from "../common/Button";
import { classNames } from "../common/classNames";
import { formatDuration } from "../common/format";
import { ProgressBar } from "../common/ProgressBar";
import { useActions, useApp } from "../common/StoreContext";
import type { DragData } from "../composition/dropOutcome";
import { BitmapCanvas } from "./BitmapCanvas";
import { MaskCanvas } from "./MaskCanvas";
import styles from "./Square.module.css";

const selectIsModelMissing = ({ model }: AppState) => model.status !== "ready";

/** What is being done with the picture; null where nothing is. */
function EncodingProgress({ scene: { encoding, letter } }: { scene: Scene }) {
  const isModelMissing = useApp(selectIsModelMissing);
  switch (encoding.status) {
    case "preparing":
      return <ProgressBar name={`Preparing the picture of scene ${letter}`} fraction={null} />;
    case "waiting":
      return isModelMissing ? (
        <p>Slots appear when the model has loaded.</p>
      ) : (
        <ProgressBar name={`Scene ${letter} waits for its turn`} fraction={null} />
      );
    case "encoding":
      return <ProgressBar name={`Finding slots in scene ${letter}`} fraction={null} />;
    case "ready":
    case "failed":
      return null;
  }
}

/** A sample's own picture, there before the model that says at which size to take it. */
function SamplePicture({ id }: { id: string }) {
  const url = useApp((state) => state.samples.find((sample) => sample.id === id)?.url);
  return url === undefined ? null : <img src={url} alt="" className={styles.layer} />;
}

/** What lies over the picture while it has no slots: work, or the reason that it failed. */
function EncodingOverlay({ scene }: { scene: Scene }) {
  const actions = useActions();
  const { encoding } = scene;
  if (encoding.status === "ready") return null;
  if (encoding.status === "failed") {
    return (
      <div className={styles.message}>
        <p>{encoding.message}</p>
        <Button onClick={() => void actions.retryScene(scene.id)}>Try again</Button>
      </div>
    );
  }
  return (
    <>
      {encoding.status === "preparing" && <div className={styles.skeleton} />}
      {encoding.status === "encoding" && <div className={styles.scan} />}
      <div className={styles.panel}>
        <EncodingProgress scene={scene} />
      </div>
    </>
  );
}

function summaryOf(encoding: SceneEncoding): string {
  if (encoding.status !== "ready") return "";
  const { numSlots, elapsedMs } = encoding.result;
  return `${numSlots} slots found in ${formatDuration(elapsedMs)}`;
}

export function ImageSquare({ scene }: { scene: Scene }) {
  const [grabbed, setGrabbed] = useState<SlotRef>({ sceneId: scene.id, index: 0 });
  const { encoding, letter } = scene;
  const drag: DragData = { slot: grabbed, from: null };
  const { setNodeRef, listeners } = useDraggable({
    id: `picture ${scene.id}`,
    data: drag,
    disabled: encoding.status !== "ready",
  });

  return (
    <figure className={classNames(styles.figure, styles.image)} data-tour="masks">
      <figcaption className={styles.caption}>
        <strong>Image</strong>
        <span>masks of Slot Attention</span>
      </figcaption>
      <div ref={setNodeRef} {...listeners} className={styles.square}>
        {scene.source.kind === "sample" && encoding.status === "preparing" && (
          <SamplePicture id={scene.source.id} />
        )}
        {"display" in encoding && (
          <BitmapCanvas
            bitmap={encoding.display}
            label={`Picture of scene ${letter}`}
            testId={`image-${letter}`}
          />
        )}
        {encoding.status === "ready" && (
          <MaskCanvas
            sceneId={scene.id}
            letter={letter}
            result={encoding.result}
            onGrab={setGrabbed}
          />
        )}
        <EncodingOverlay scene={scene} />
      </div>
      <div className={styles.status}>
        <p>{summaryOf(encoding)}</p>
      </div>
    </figure>
  );
}
