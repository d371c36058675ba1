/** The attention masks over a scene's picture: fill, outlines, the lit slot, or one slot alone. */
import { useCallback, useMemo, type MouseEvent, type PointerEvent } from "react";

import type { Encoding } from "../../engine/protocol";
import type { AppState, SceneId, SlotRef } from "../../store/state";
import { Canvas, type Draw } from "../common/Canvas";
import {
  largestSegment,
  lastMasks,
  paintOverlay,
  paintVeil,
  segment,
  upsampleMask,
} from "../common/paintMasks";
import { slotRgb } from "../common/slotColors";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./Square.module.css";

/** Masks are computed for each pixel, so a dense screen gets no more than this. */
const maxSize = 480;
/** The grid on which the pointer finds its slot. */
const pickSize = 128;
const veilColor = [16, 17, 20] as const;

/** The segmentation at each size asked for, computed once. */
function segmentations(result: Encoding): (size: number) => Uint8Array {
  const bySize = new Map<number, Uint8Array>();
  return (size) => {
    const known = bySize.get(size);
    if (known) return known;
    const labels = segment(lastMasks(result), result.numSlots, result.attnSize, [size, size]);
    bySize.set(size, labels);
    return labels;
  };
}

/** @returns the soft mask of one slot [size, size] */
function softMask(result: Encoding, index: number, size: number): Float32Array {
  const area = result.attnSize[0] * result.attnSize[1];
  const mask = lastMasks(result).subarray(index * area, (index + 1) * area);
  return upsampleMask(mask, result.attnSize, [size, size]);
}

const indexIn = (sceneId: SceneId, key: "hovered" | "solo") => (state: AppState) =>
  state[key]?.sceneId === sceneId ? state[key].index : null;

type MaskCanvasProps = {
  sceneId: SceneId;
  letter: string;
  result: Encoding;
  /** The pointer went down on a slot. */
  onGrab: (slot: SlotRef) => void;
};

export function MaskCanvas({ sceneId, letter, result, onGrab }: MaskCanvasProps) {
  const actions = useActions();
  const overlay = useApp((state) => state.overlay);
  const lit = useApp(indexIn(sceneId, "hovered"));
  const solo = useApp(indexIn(sceneId, "solo"));
  const labelsAt = useMemo(() => segmentations(result), [result]);

  const draw = useCallback<Draw>(
    (context, size) => {
      const line = Math.max(1, Math.round(size / 320));
      const labels = labelsAt(size);
      const rgba =
        solo !== null && solo < result.numSlots
          ? paintVeil(softMask(result, solo, size), veilColor, 0.88)
          : paintOverlay(labels, [size, size], {
              ...overlay,
              color: slotRgb,
              lit,
              thin: largestSegment(labels),
              line,
            });
      context.putImageData(new ImageData(rgba, size, size), 0, 0);
    },
    [result, labelsAt, overlay, lit, solo],
  );

  const slotUnder = ({ nativeEvent, currentTarget }: MouseEvent<HTMLCanvasElement>): SlotRef => {
    const toGrid = (offset: number) =>
      Math.min(
        pickSize - 1,
        Math.max(0, Math.floor((offset / currentTarget.clientWidth) * pickSize)),
      );
    const pixel = toGrid(nativeEvent.offsetY) * pickSize + toGrid(nativeEvent.offsetX);
    return { sceneId, index: labelsAt(pickSize)[pixel] ?? 0 };
  };
  const hover = (move: PointerEvent<HTMLCanvasElement>) => {
    if (move.type === "pointermove" && move.buttons !== 0) return; // a drag keeps its slot
    const slot = slotUnder(move);
    if (slot.index !== lit) actions.setHovered(slot);
  };

  return (
    <Canvas
      draw={draw}
      maxSize={maxSize}
      className={styles.layer}
      data-testid={`masks-${letter}`}
      role="img"
      aria-label={`Masks of the ${result.numSlots} slots of scene ${letter}`}
      onPointerDown={(press) => {
        hover(press);
        onGrab(slotUnder(press));
      }}
      onPointerMove={hover}
      onPointerLeave={() => actions.setHovered(null)}
      onClick={(click) => actions.toggleSolo(slotUnder(click))}
    />
  );
}
