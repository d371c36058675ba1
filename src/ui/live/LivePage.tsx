/** The Live page: masks on every frame of a camera or a video, as fast as the device allows. */
import { Camera, CameraOff, Film } from "lucide-react";
import { useEffect, useMemo, useState } from "react";

import { Button } from "../common/Button";
import { FileButton } from "../common/FileButton";
import { useApp } from "../common/StoreContext";
import { useCamera } from "../samples/useCamera";
import { View } from "../common/View";
import styles from "./Live.module.css";
import { LiveStage } from "./LiveStage";
import type { LiveSource } from "./useLiveVideo";
import { hasFrameCallbacks } from "./videoFrames";

type Choice = { kind: "none" } | { kind: "camera" } | { kind: "file"; file: File };

function Formula() {
  return (
    <>
      mask<sub>k</sub> = softmax<sub>k</sub>( <i>K</i>(<i>x</i>) · <i>Q</i>(<i>s</i>
      <sub>k</sub>) / √<i>D</i> )
    </>
  );
}

type ChooserProps = { choice: Choice; onChoice: (choice: Choice) => void };

function Chooser({ choice, onChoice }: ChooserProps) {
  return (
    <div className={styles.row}>
      {choice.kind === "camera" ? (
        <Button
          icon={<CameraOff size={16} aria-hidden="true" />}
          onClick={() => onChoice({ kind: "none" })}
        >
          Turn the camera off
        </Button>
      ) : (
        <Button
          tone="primary"
          icon={<Camera size={16} aria-hidden="true" />}
          onClick={() => onChoice({ kind: "camera" })}
        >
          Use the camera
        </Button>
      )}
      <FileButton
        label="A video file"
        accept="video/*"
        icon={<Film size={16} aria-hidden="true" />}
        onFiles={([file]) => file && onChoice({ kind: "file", file })}
      >
        Choose a video
      </FileButton>
      <p className={styles.note}>
        Nothing leaves this device. Live frames are cropped to their middle and shrunk by the
        browser, not by the exact resize that still pictures get: masks of a snapshot may differ a
        little.
      </p>
    </div>
  );
}

function ModelNote() {
  const status = useApp(({ model }) => model.status);
  if (status === "ready") return null;
  return (
    <p className={styles.note} role="status">
      {status === "loading"
        ? "The model is still loading: masks come when it is there."
        : "No model is loaded. Choose one at the top of the page."}
    </p>
  );
}

export function LivePage() {
  const [choice, setChoice] = useState<Choice>({ kind: "none" });
  const camera = useCamera(choice.kind === "camera");
  useEffect(() => () => setChoice({ kind: "none" }), []); // the page was left: the camera does not come back by itself
  const source = useMemo((): LiveSource | null => {
    if (choice.kind === "file") return choice;
    return camera.status === "live" ? { kind: "camera", stream: camera.stream } : null;
  }, [choice, camera]);
  return (
    <main className={styles.main} data-testid="live-page">
      <View
        title="Masks on every frame"
        mechanism="Each frame goes through the encoder and Slot Attention alone, and every pixel takes the colour of the slot that attends to it most. Frames start from the same slots and know nothing of each other, so a slot may change its object; the paper’s video models hand the slots of one frame on to the next."
        formula={<Formula />}
        spoken="mask k is the softmax over slots of key of x times query of slot k over the square root of D"
        section="section 3: background, Slot Attention"
        testId="live"
      >
        {hasFrameCallbacks() ? (
          <Chooser choice={choice} onChoice={setChoice} />
        ) : (
          <p className={styles.failed}>
            This browser does not tell of a video’s frames. Update it, or open the page in another.
          </p>
        )}
        {camera.status === "failed" && (
          <p role="alert" className={styles.failed}>
            {camera.message}
          </p>
        )}
        <ModelNote />
        {source && <LiveStage source={source} />}
      </View>
    </main>
  );
}
