/** Attention masks over a picture: fill, outlines, the lit slot, or one slot alone. */
import { useCallback, useMemo, type MouseEvent, type PointerEvent } from "react";

import { Canvas, type Draw } from "./Canvas";
import {
  largestSegment,
  paintOverlay,
  paintVeil,
  segment,
  upsampleMask,
  type Size,
} from "./paintMasks";
import { slotRgb } from "./slotColors";
import { useApp } from "./StoreContext";

/** Masks are computed for each pixel, so a dense screen gets no more than this. */
const maxSize = 480;
/** The grid on which the pointer finds its slot. */
const pickSize = 128;
const veilColor = [16, 17, 20] as const;

/** The segmentation at each size asked for, computed once. */
function segmentations(masks: Float32Array, from: Size): (size: number) => Uint8Array {
  const bySize = new Map<number, Uint8Array>();
  const numSlots = masks.length / (from[0] * from[1]);
  return (size) => {
    const known = bySize.get(size);
    if (known) return known;
    const labels = segment(masks, numSlots, from, [size, size]);
    bySize.set(size, labels);
    return labels;
  };
}

/** @returns the soft mask of one slot [size, size]; null where there is no such slot */
function softMask(masks: Float32Array, from: Size, index: number, size: number) {
  const area = from[0] * from[1];
  const mask = masks.subarray(index * area, (index + 1) * area);
  return mask.length === area ? upsampleMask(mask, from, [size, size]) : null;
}

type MaskLayerProps = {
  /** [K, h, w], the same array as long as the masks are the same. */
  masks: Float32Array;
  /** h and w, the same array too. */
  size: Size;
  /** The slot that stands out. */
  lit: number | null;
  /** The only slot shown. */
  solo: number | null;
  label: string;
  testId: string;
  className: string | undefined;
  /** The pointer is over another slot, or over none. */
  onLight: (index: number | null) => void;
  /** The pointer went down on a slot. */
  onGrab?: (index: number) => void;
  /** A slot was pressed. */
  onChoose: (index: number) => void;
};

export function MaskLayer(props: MaskLayerProps) {
  const { masks, size: from, lit, solo, onLight, onGrab, onChoose } = props;
  const overlay = useApp((state) => state.overlay);
  const labelsAt = useMemo(() => segmentations(masks, from), [masks, from]);

  const draw = useCallback<Draw>(
    (context, size) => {
      const alone = solo === null ? null : softMask(masks, from, solo, size);
      const labels = labelsAt(size);
      const rgba = alone
        ? paintVeil(alone, veilColor, 0.88)
        : paintOverlay(labels, [size, size], {
            ...overlay,
            color: slotRgb,
            lit,
            thin: largestSegment(labels),
            line: Math.max(1, Math.round(size / 320)),
          });
      context.putImageData(new ImageData(rgba, size, size), 0, 0);
    },
    [masks, from, labelsAt, overlay, lit, solo],
  );

  const slotUnder = ({ nativeEvent, currentTarget }: MouseEvent<HTMLCanvasElement>): number => {
    const toGrid = (offset: number) =>
      Math.min(
        pickSize - 1,
        Math.max(0, Math.floor((offset / currentTarget.clientWidth) * pickSize)),
      );
    const pixel = toGrid(nativeEvent.offsetY) * pickSize + toGrid(nativeEvent.offsetX);
    return labelsAt(pickSize)[pixel] ?? 0;
  };
  const hover = (move: PointerEvent<HTMLCanvasElement>) => {
    if (move.type === "pointermove" && move.buttons !== 0) return; // a drag keeps its slot
    const index = slotUnder(move);
    if (index !== lit) onLight(index);
  };

  return (
    <Canvas
      draw={draw}
      maxSize={maxSize}
      className={props.className}
      data-testid={props.testId}
      role="img"
      aria-label={props.label}
      onPointerDown={(press) => {
        hover(press);
        onGrab?.(slotUnder(press));
      }}
      onPointerMove={hover}
      onPointerLeave={() => onLight(null)}
      onClick={(click) => onChoose(slotUnder(click))}
    />
  );
}
