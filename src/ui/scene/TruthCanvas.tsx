/** True masks over the picture, in the colours of the slots they are matched with. */
import { useCallback, useMemo, type PointerEvent } from "react";

import type { AppState, Scene } from "../../store/state";
import { Canvas, type Draw } from "../common/Canvas";
import { largestSegment, paintOverlay } from "../common/paintMasks";
import { truthRgb, upsampleIds } from "../common/truthLabels";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./Square.module.css";

/** Masks are computed for each pixel, so a dense screen gets no more than this. */
const maxSize = 320;

/** The picture is seen beside it: here the colours matter. */
const fillStrength = 1.5;

/** The true masks at each size asked for, computed once. @param ids - [side * side] */
function labelsOf(ids: Uint8Array): (size: number) => Uint8Array {
  const side = Math.round(Math.sqrt(ids.length));
  const bySize = new Map<number, Uint8Array>();
  return (size) => {
    const known = bySize.get(size) ?? upsampleIds(ids, [side, side], [size, size]);
    bySize.set(size, known);
    return known;
  };
}

/** Each true id's slot; null before the picture has been taken apart. */
export const matchesOf = ({ encoding }: Scene): readonly number[] | null =>
  encoding.status === "ready" ? encoding.result.matches : null;

/** The slot lit in this scene: by the pointer, or because it is shown alone. */
const litIn = (scene: Scene) => (state: AppState) => {
  const slot = state.hovered?.sceneId === scene.id ? state.hovered : state.solo;
  return slot?.sceneId === scene.id ? slot.index : null;
};

type TruthCanvasProps = {
  scene: Scene;
  ids: Uint8Array;
  label: string;
  /** The id pointed at. */
  pointed: number | null;
  /** The pointer is over the object of an id; null when it leaves. */
  onPoint: (id: number | null) => void;
};

export function TruthCanvas({ scene, ids, label, pointed, onPoint }: TruthCanvasProps) {
  const actions = useActions();
  const overlay = useApp((state) => state.overlay);
  const lit = useApp(litIn(scene));
  const matches = matchesOf(scene);
  const labelsAt = useMemo(() => labelsOf(ids), [ids]);

  const draw = useCallback<Draw>(
    (context, size) => {
      const labels = labelsAt(size);
      const rgba = paintOverlay(labels, [size, size], {
        ...overlay,
        opacity: Math.min(1, overlay.opacity * fillStrength),
        color: (id) => truthRgb(matches, id),
        lit: lit === null || matches === null ? null : matches.indexOf(lit),
        thin: largestSegment(labels),
        line: Math.max(1, Math.round(size / 320)),
      });
      context.putImageData(new ImageData(rgba, size, size), 0, 0);
    },
    [labelsAt, overlay, matches, lit],
  );

  const idUnder = ({ nativeEvent, currentTarget }: PointerEvent<HTMLCanvasElement>): number => {
    const side = Math.round(Math.sqrt(ids.length));
    const toGrid = (offset: number) =>
      Math.min(side - 1, Math.max(0, Math.floor((offset / currentTarget.clientWidth) * side)));
    return ids[toGrid(nativeEvent.offsetY) * side + toGrid(nativeEvent.offsetX)] ?? 0;
  };
  const show = (id: number | null) => {
    const slot = id === null ? -1 : (matches?.[id] ?? -1);
    onPoint(id);
    if (slot !== lit) actions.setHovered(slot < 0 ? null : { sceneId: scene.id, index: slot });
  };
  // A finger has no hover: what it touched stays lit until it is touched again.
  const press = (event: PointerEvent<HTMLCanvasElement>) => {
    const id = idUnder(event);
    show(event.pointerType === "touch" && id === pointed ? null : id);
  };
  const isHover = ({ pointerType }: PointerEvent) => pointerType !== "touch";
  return (
    <Canvas
      draw={draw}
      maxSize={maxSize}
      className={styles.layer}
      data-testid={`truth-${scene.letter}`}
      role="img"
      aria-label={label}
      onPointerDown={press}
      onPointerMove={(move) => isHover(move) && show(idUnder(move))}
      onPointerLeave={(leave) => isHover(leave) && show(null)}
    />
  );
}
