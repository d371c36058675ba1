/** Where a slot comes from: its scene's letter in its scene's colour, and the shares of an interpolated one. */
import { FileBraces } from "lucide-react";
import type { CSSProperties } from "react";

import { findScene } from "../../store/selectors";
import type { ComposedSlot } from "../../store/state";
import { classNames } from "../common/classNames";
import { useApp } from "../common/StoreContext";
import styles from "./Lineage.module.css";
import { sceneColors } from "./sceneColors";

/** A scene's letter on its colour. */
function Letter({ sceneId, share }: { sceneId: string; share: number }) {
  const letter = useApp((state) => findScene(state.scenes, sceneId)?.letter ?? "?");
  const grow: CSSProperties = { ...sceneColors(letter), flexGrow: Math.max(0.35, share) };
  return (
    <span className={styles.letter} style={grow}>
      {letter}
    </span>
  );
}

/** As wide as its place; the words for a screen reader are in the chip's name. */
export function Lineage({ slot, className }: { slot: ComposedSlot; className?: string }) {
  const { blend, file } = slot;
  return (
    <span className={classNames(styles.lineage, className)} aria-hidden="true">
      {file && (
        <span className={styles.file}>
          <FileBraces size={11} /> file
        </span>
      )}
      {!file && <Letter sceneId={slot.sceneId} share={1 - (blend?.t ?? 0)} />}
      {!file && blend && <Letter sceneId={blend.other.sceneId} share={blend.t} />}
    </span>
  );
}
