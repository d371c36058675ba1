/** A slot as people see it: what it attends to in the picture that it came from. */
import { useCallback } from "react";

import type { AppState, SceneEncoding, SlotRef } from "../../store/state";
import { Canvas, type Draw } from "../common/Canvas";
import { cropBox, maskCrop } from "../common/paintCrop";
import { lastMasks, upsampleMask } from "../common/paintMasks";
import { useApp } from "../common/StoreContext";
import styles from "./SlotCrop.module.css";

type ReadyEncoding = Extract<SceneEncoding, { status: "ready" }>;

/** The mask is sampled at this many points a side: enough for a crop of a chip's size. */
const maskSide = 128;

function readyEncoding({ scenes }: AppState, { sceneId }: SlotRef): ReadyEncoding | null {
  const encoding = scenes.find((scene) => scene.id === sceneId)?.encoding;
  return encoding?.status === "ready" ? encoding : null;
}

function drawCrop(
  context: CanvasRenderingContext2D,
  size: number,
  { display, result }: ReadyEncoding,
  index: number,
): void {
  const area = result.attnSize[0] * result.attnSize[1];
  if (index >= result.numSlots || display.width === 0) return; // of another model; or a closed bitmap
  const mask = lastMasks(result).subarray(index * area, (index + 1) * area);
  const fine = upsampleMask(mask, result.attnSize, [maskSide, maskSide]);
  const box = cropBox(fine, [maskSide, maskSide]);
  const { width, height } = display;
  const [left, top] = [box.x * width, box.y * height];
  context.drawImage(display, left, top, box.size * width, box.size * height, 0, 0, size, size);
  const pixels = context.getImageData(0, 0, size, size).data;
  const masked = maskCrop(pixels, size, fine, maskSide, box);
  context.putImageData(new ImageData(masked, size, size), 0, 0);
}

/** The crop of a slot; empty while its scene has no slots yet. */
export function SlotCrop({ slot }: { slot: SlotRef }) {
  const encoding = useApp((state) => readyEncoding(state, slot));
  const draw = useCallback<Draw>(
    (context, size) => {
      if (encoding) drawCrop(context, size, encoding, slot.index);
    },
    [encoding, slot.index],
  );
  return <Canvas draw={draw} maxSize={192} isRead className={styles.crop} aria-hidden="true" />;
}
