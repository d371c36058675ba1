/** A scene's picture under its masks; a slot can be dragged straight out of it. */
import { useDraggable } from "@dnd-kit/core";
import { useCallback, useState } from "react";

import type { AppState, Scene, SceneEncoding, SlotRef } from "../../store/state";
import { Button } from "../common/Button";
import { Canvas, type Draw } from "../common/Canvas";
import { formatDuration } from "../common/format";
import { ProgressBar } from "../common/ProgressBar";
import { useActions, useApp } from "../common/StoreContext";
import type { DragData } from "../composition/dropOutcome";
import { MaskCanvas } from "./MaskCanvas";
import styles from "./Square.module.css";

function BitmapCanvas({ bitmap, letter }: { bitmap: ImageBitmap; letter: string }) {
  const draw = useCallback<Draw>(
    (context, size) => {
      if (bitmap.width === 0) return; // closed: its scene is being replaced
      context.imageSmoothingQuality = "high";
      context.drawImage(bitmap, 0, 0, size, size);
    },
    [bitmap],
  );
  return (
    <Canvas
      draw={draw}
      className={styles.layer}
      data-testid={`image-${letter}`}
      role="img"
      aria-label={`Picture of scene ${letter}`}
    />
  );
}

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

const hasPicture = (encoding: SceneEncoding) => "display" in encoding;

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
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>
        <strong>Image</strong>
        <span>masks of the last Slot Attention round</span>
      </figcaption>
      <div ref={setNodeRef} {...listeners} className={styles.square}>
        {scene.source.kind === "sample" && encoding.status === "preparing" && (
          <SamplePicture id={scene.source.id} />
        )}
        {hasPicture(encoding) && <BitmapCanvas bitmap={encoding.display} letter={letter} />}
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
