/** The strongest slot of each pixel, in its colour with outlines, over what lies in the tile. */
import { useCallback } from "react";

import { Canvas, type Draw } from "../common/Canvas";
import { largestSegment, paintOverlay, segment, type Size } from "../common/paintMasks";
import { slotRgb } from "../common/slotColors";
import styles from "./Inside.module.css";

/** Masks are computed for each pixel. */
const maxSize = 320;

type OverlayProps = {
  /** [K, h, w] */
  masks: Float32Array;
  size: Size;
  /** Index of each slot's colour. */
  colors: readonly number[];
  label: string;
  testId: string;
};

export function Overlay({ masks, size: [height, width], colors, label, testId }: OverlayProps) {
  const draw = useCallback<Draw>(
    (context, side) => {
      const labels = segment(masks, colors.length, [height, width], [side, side]);
      const rgba = paintOverlay(labels, [side, side], {
        color: (slot) => slotRgb(colors[slot] ?? slot),
        opacity: 0.55,
        hasFill: true,
        hasOutlines: true,
        lit: null,
        thin: largestSegment(labels),
        line: 1,
      });
      context.putImageData(new ImageData(rgba, side, side), 0, 0);
    },
    [masks, height, width, colors],
  );
  return (
    <Canvas
      draw={draw}
      maxSize={maxSize}
      className={styles.layer}
      role="img"
      aria-label={label}
      data-testid={testId}
    />
  );
}
