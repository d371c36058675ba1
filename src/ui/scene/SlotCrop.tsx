/** A slot as people see it: what it attends to in the picture that it came from. */
import { useCallback } from "react";

import type { AppState, SceneEncoding, SlotRef } from "../../store/state";
import { Canvas, type Draw } from "../common/Canvas";
import { drawCrop } from "../common/drawCrop";
import { lastMasks } from "../common/paintMasks";
import { useApp } from "../common/StoreContext";
import styles from "./SlotCrop.module.css";

type ReadyEncoding = Extract<SceneEncoding, { status: "ready" }>;

function readyEncoding({ scenes }: AppState, { sceneId }: SlotRef): ReadyEncoding | null {
  const encoding = scenes.find((scene) => scene.id === sceneId)?.encoding;
  return encoding?.status === "ready" ? encoding : null;
}

function drawSlot(
  context: CanvasRenderingContext2D,
  size: number,
  { display, result }: ReadyEncoding,
  index: number,
): void {
  const area = result.attnSize[0] * result.attnSize[1];
  if (index >= result.numSlots || display.width === 0) return; // of another model; or a closed bitmap
  const mask = lastMasks(result).subarray(index * area, (index + 1) * area);
  const { width, height } = display;
  const part = { image: display, left: 0, top: 0, width, height };
  drawCrop(context, size, part, mask, result.attnSize);
}

/** The crop of a slot; empty while its scene has no slots yet. */
export function SlotCrop({ slot }: { slot: SlotRef }) {
  const encoding = useApp((state) => readyEncoding(state, slot));
  const draw = useCallback<Draw>(
    (context, size) => {
      if (encoding) drawSlot(context, size, encoding, slot.index);
    },
    [encoding, slot.index],
  );
  return <Canvas draw={draw} maxSize={192} isRead className={styles.crop} aria-hidden="true" />;
}
