/** A scene's picture, as large as its square. */
import { useCallback } from "react";

import { Canvas, type Draw } from "../common/Canvas";
import styles from "./Square.module.css";

type BitmapCanvasProps = {
  bitmap: ImageBitmap;
  /** Accessible name; without one the picture is there to be painted over. */
  label?: string;
  testId?: string;
};

export function BitmapCanvas({ bitmap, label, testId }: BitmapCanvasProps) {
  const draw = useCallback<Draw>(
    (context, size) => {
      if (bitmap.width === 0) return; // closed: its scene is being replaced
      context.imageSmoothingQuality = "high";
      context.drawImage(bitmap, 0, 0, size, size);
    },
    [bitmap],
  );
  const named =
    label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label };
  return <Canvas draw={draw} className={styles.layer} data-testid={testId} {...named} />;
}
