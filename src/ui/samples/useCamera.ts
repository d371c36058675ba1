/** The visitor's camera while a dialog is open; the light goes off when it closes. */
import { useEffect, useState } from "react";

export type CameraState =
  | { status: "off" }
  | { status: "starting" }
  | { status: "live"; stream: MediaStream }
  | { status: "failed"; message: string };

const reasons: Record<string, string> = {
  NotAllowedError: "The browser keeps the camera closed to this page. Allow it in the address bar.",
  NotFoundError: "No camera was found. Choose an image file instead.",
  NotReadableError: "Another program is using the camera. Close it, then try again.",
};

/** Asks for the camera while `isOpen`, and stops it afterwards. */
export function useCamera(isOpen: boolean): CameraState {
  const [camera, setCamera] = useState<CameraState>({ status: "off" });
  useEffect(() => {
    if (!isOpen) return;
    let stream: MediaStream | null = null;
    let isGone = false;
    const fail = (error: unknown): void => {
      const name = error instanceof Error ? error.name : "";
      setCamera({
        status: "failed",
        message: reasons[name] ?? `The camera did not start: ${String(error)}`,
      });
    };
    setCamera({ status: "starting" });
    navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 } } }).then((opened) => {
      stream = opened;
      if (isGone) opened.getTracks().forEach((track) => track.stop());
      else setCamera({ status: "live", stream: opened });
    }, fail);
    return () => {
      isGone = true;
      stream?.getTracks().forEach((track) => track.stop());
      setCamera({ status: "off" });
    };
  }, [isOpen]);
  return camera;
}
