/** The video, the frame that was looked at last with its masks, and how fast they come. */
import { Camera, Pause, Play } from "lucide-react";
import { useCallback, useRef, useState } from "react";

import type { LiveFrame } from "../../store/liveState";
import { Button } from "../common/Button";
import { Canvas, type Draw } from "../common/Canvas";
import { LabelsCanvas } from "../common/LabelsCanvas";
import { Segmented } from "../common/Segmented";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./Live.module.css";
import { LiveNumbers } from "./LiveNumbers";
import { useLiveVideo, type LiveSource } from "./useLiveVideo";

const overlays = [
  { value: "over", label: "Over the frame" },
  { value: "alone", label: "Masks alone" },
] as const;
type Overlay = (typeof overlays)[number]["value"];

function Frame({ frame, overlay }: { frame: LiveFrame; overlay: Overlay }) {
  const { display, encoding, input } = frame;
  const draw = useCallback<Draw>(
    (context, size) => {
      if (display.width > 0) context.drawImage(display, 0, 0, size, size); // 0: let go of
    },
    [display],
  );
  return (
    <div className={styles.frame}>
      {overlay === "over" && <Canvas draw={draw} maxSize={512} aria-hidden="true" />}
      <LabelsCanvas
        labels={encoding.segmentation}
        size={[input.height, input.width]}
        label={`Masks of ${encoding.numSlots} slots on the newest frame`}
      />
    </div>
  );
}

function Controls({ overlay, onOverlay }: { overlay: Overlay; onOverlay: (to: Overlay) => void }) {
  const { status } = useApp((state) => state.live);
  const hasFrame = useApp((state) => state.liveFrame !== null);
  const actions = useActions();
  const isRunning = status === "running";
  return (
    <div className={styles.row}>
      <Button
        icon={
          isRunning ? <Pause size={16} aria-hidden="true" /> : <Play size={16} aria-hidden="true" />
        }
        onClick={() => (isRunning ? actions.pauseLive() : void actions.resumeLive())}
      >
        {isRunning ? "Pause" : "Go on"}
      </Button>
      <Button
        icon={<Camera size={16} aria-hidden="true" />}
        disabled={!hasFrame}
        onClick={() => void actions.snapshotLive()}
      >
        Snapshot to a scene
      </Button>
      <Segmented name="Masks" value={overlay} options={overlays} onChange={onOverlay} />
    </div>
  );
}

export function LiveStage({ source }: { source: LiveSource }) {
  const video = useRef<HTMLVideoElement>(null);
  const [overlay, setOverlay] = useState<Overlay>("over");
  const [unplayable, setUnplayable] = useState<LiveSource | null>(null);
  const frame = useApp((state) => state.liveFrame);
  const live = useApp((state) => state.live);
  useLiveVideo(video, source);
  return (
    <>
      <Controls overlay={overlay} onOverlay={setOverlay} />
      {live.status === "failed" && <p className={styles.failed}>{live.message}</p>}
      {unplayable === source && (
        <p role="alert" className={styles.failed}>
          This browser cannot play the video. Choose an MP4 (H.264) or WebM file.
        </p>
      )}
      <LiveNumbers />
      <div className={styles.stage}>
        <figure>
          {frame ? (
            <Frame frame={frame} overlay={overlay} />
          ) : (
            <div className={styles.frame} aria-hidden="true" />
          )}
          <figcaption>
            {frame ? "The newest frame with its masks" : "The first masks are on their way…"}
          </figcaption>
        </figure>
        <figure>
          <video
            ref={video}
            className={styles.video}
            playsInline
            muted
            loop
            aria-label="The video"
            onError={() => setUnplayable(source)}
          />
          <figcaption>The video as it plays</figcaption>
        </figure>
      </div>
    </>
  );
}
