/** The camera as a source for a set: stays open, so that one picture follows another. */
import { Camera } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import type { Fit } from "../../../engine/protocol";
import { Button } from "../../common/Button";
import { plural } from "../../common/count";
import { Dialog } from "../../common/Dialog";
import { useActions, useApp } from "../../common/StoreContext";
import { useCamera } from "../../samples/useCamera";
import styles from "./Pictures.module.css";

/** Calls back with the frame on show as a PNG file. */
function takeFrame(video: HTMLVideoElement, name: string, done: (picture: File) => void): void {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  canvas.toBlob((png) => {
    if (png) done(new File([png], name, { type: "image/png" }));
  }, "image/png");
}

function CameraView({ fit }: { fit: Fit }) {
  const video = useRef<HTMLVideoElement>(null);
  const [shown, setShown] = useState<MediaStream | null>(null); // a live stream has no frame at first
  const [taken, setTaken] = useState(0);
  const isBusy = useApp((state) => state.adding.status === "running");
  const actions = useActions();
  const camera = useCamera(true);
  const hasFrame = camera.status === "live" && camera.stream === shown;
  useEffect(() => {
    if (video.current) video.current.srcObject = camera.status === "live" ? camera.stream : null;
  }, [camera]);
  if (camera.status === "failed") return <p role="alert">{camera.message}</p>;
  const take = () => {
    if (!video.current) return;
    takeFrame(video.current, `camera ${taken + 1}.png`, (picture) => {
      setTaken(taken + 1);
      void actions.addToSet([picture], fit);
    });
  };
  return (
    <>
      <video
        ref={video}
        className={styles.video}
        autoPlay
        playsInline
        muted
        onLoadedData={() => setShown(camera.status === "live" ? camera.stream : null)}
      />
      <div className={styles.row}>
        <Button tone="primary" disabled={!hasFrame || isBusy} onClick={take}>
          {hasFrame ? "Take a picture" : "Starting the camera…"}
        </Button>
        <p role="status">{taken > 0 && `${plural(taken, "picture")} taken`}</p>
      </div>
    </>
  );
}

export function SetCamera({ fit }: { fit: Fit }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button icon={<Camera size={16} aria-hidden="true" />} onClick={() => setOpen(true)}>
        Camera
      </Button>
      <Dialog title="Pictures for the set" isOpen={isOpen} onClose={() => setOpen(false)}>
        <CameraView fit={fit} />
      </Dialog>
    </>
  );
}
