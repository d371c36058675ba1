/** The attention masks over a scene's picture. */
import { useMemo } from "react";

import type { Encoding } from "../../engine/protocol";
import type { AppState, SceneId, SlotRef } from "../../store/state";
import { MaskLayer } from "../common/MaskLayer";
import { lastMasks } from "../common/paintMasks";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./Square.module.css";

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
  const lit = useApp(indexIn(sceneId, "hovered"));
  const solo = useApp(indexIn(sceneId, "solo"));
  const masks = useMemo(() => lastMasks(result), [result]);
  return (
    <MaskLayer
      masks={masks}
      size={result.attnSize}
      {...{ lit, solo }}
      label={`Masks of the ${result.numSlots} slots of scene ${letter}`}
      testId={`masks-${letter}`}
      className={styles.layer}
      onLight={(index) => actions.setHovered(index === null ? null : { sceneId, index })}
      onGrab={(index) => onGrab({ sceneId, index })}
      onChoose={(index) => actions.toggleSolo({ sceneId, index })}
    />
  );
}
