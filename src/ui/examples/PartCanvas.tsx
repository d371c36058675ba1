/** A part of a sheet of pictures, as large as its place on the page. */
import { useCallback } from "react";

import type { Place } from "../../store/exampleSchema";
import { Canvas, type Draw } from "../common/Canvas";

type PartCanvasProps = {
  sheet: ImageBitmap;
  place: Place;
  /** Accessible name; without one something beside it says what it is. */
  label?: string;
  className?: string | undefined;
  testId?: string;
};

export function PartCanvas({ sheet, place, label, className, testId }: PartCanvasProps) {
  const { left, top, width, height } = place;
  const draw = useCallback<Draw>(
    (context, size) => {
      context.imageSmoothingQuality = "high";
      context.drawImage(sheet, left, top, width, height, 0, 0, size, size);
    },
    [sheet, left, top, width, height],
  );
  const named =
    label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label };
  return <Canvas draw={draw} maxSize={512} className={className} data-testid={testId} {...named} />;
}
