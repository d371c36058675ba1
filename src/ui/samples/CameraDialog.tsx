/** A live look through the camera and a button that takes the picture as a scene. */
import { Camera, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { Button, IconButton } from "../common/Button";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./CameraDialog.module.css";
import stripStyles from "./SampleStrip.module.css";
import { useCamera } from "./useCamera";

/** Calls back with the frame on show as a PNG. */
function snapshot(video: HTMLVideoElement, done: (picture: Blob) => void): void {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  canvas.toBlob((picture) => {
    if (picture) done(picture);
  }, "image/png");
}

export function CameraButton() {
  const actions = useActions();
  const dialog = useRef<HTMLDialogElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const isOpen = useApp((state) => state.isCameraShown);
  const [shown, setShown] = useState<MediaStream | null>(null); // a live stream has no frame at first
  const camera = useCamera(isOpen);
  const hasFrame = camera.status === "live" && camera.stream === shown;

  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
  }, [isOpen]);
  useEffect(() => {
    if (video.current) video.current.srcObject = camera.status === "live" ? camera.stream : null;
  }, [camera]);

  const take = () => {
    if (!video.current) return;
    snapshot(video.current, (picture) => {
      dialog.current?.close();
      void actions.addFiles([picture]);
    });
  };
  return (
    <>
      <Button
        className={stripStyles.webcam}
        icon={<Camera size={17} aria-hidden="true" />}
        onClick={() => actions.showCamera(true)}
      >
        Camera
      </Button>
      <dialog
        ref={dialog}
        className={styles.dialog}
        aria-labelledby="camera-heading"
        onClose={() => actions.showCamera(false)}
      >
        <div className={styles.heading}>
          <h2 id="camera-heading">Take a picture</h2>
          <IconButton label="Close" onClick={() => dialog.current?.close()}>
            <X size={18} aria-hidden="true" />
          </IconButton>
        </div>
        {camera.status === "failed" ? (
          <p role="alert">{camera.message}</p>
        ) : (
          <video
            ref={video}
            className={styles.video}
            autoPlay
            playsInline
            muted
            onLoadedData={() => setShown(camera.status === "live" ? camera.stream : null)}
          />
        )}
        <Button tone="primary" disabled={!hasFrame} onClick={take}>
          {camera.status === "starting" || (camera.status === "live" && !hasFrame)
            ? "Starting the camera…"
            : "Take the picture"}
        </Button>
      </dialog>
    </>
  );
}
