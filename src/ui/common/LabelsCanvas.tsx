/** A segmentation in the slots' colours, to lay over its picture or to stand alone. */
import { useCallback } from "react";

import { Canvas, type Draw } from "./Canvas";
import { largestSegment, paintOverlay, type Size } from "./paintMasks";
import { slotRgb } from "./slotColors";
import { upsampleIds } from "./truthLabels";

/** Masks are computed for each pixel: a tile needs no more than this. */
const maxSize = 240;

type LabelsCanvasProps = {
  /** Slot of each pixel [H, W]. */
  labels: Uint8Array;
  size: Size;
  className?: string | undefined;
  label: string;
};

export function LabelsCanvas({ labels, size, className, label }: LabelsCanvasProps) {
  const [height, width] = size;
  const draw = useCallback<Draw>(
    (context, side) => {
      const fine = upsampleIds(labels, [height, width], [side, side]);
      const rgba = paintOverlay(fine, [side, side], {
        color: slotRgb,
        opacity: 0.6,
        hasFill: true,
        hasOutlines: true,
        lit: null,
        thin: largestSegment(fine),
        line: 1,
      });
      context.putImageData(new ImageData(rgba, side, side), 0, 0);
    },
    [labels, height, width],
  );
  return (
    <Canvas draw={draw} maxSize={maxSize} className={className} role="img" aria-label={label} />
  );
}
