/** A slot of the library as a small picture. */
import { useMemo } from "react";

import type { LibraryScene } from "../../store/spaceState";
import { PixelsCanvas } from "../common/Canvas";
import { classNames } from "../common/classNames";
import { slotCrop } from "./crops";
import styles from "./SlotThumb.module.css";

/** Pixels a side: sharp at the size of a chip on a dense screen. */
const side = 96;

type SlotThumbProps = {
  scene: LibraryScene;
  index: number;
  /** What a screen reader is told; left out where words beside it say so. */
  label?: string;
  isLarge?: boolean;
};

export function SlotThumb({ scene, index, label, isLarge = false }: SlotThumbProps) {
  const pixels = useMemo(() => slotCrop(scene, index, side), [scene, index]);
  return (
    <PixelsCanvas
      pixels={pixels}
      className={classNames(styles.thumb, isLarge && styles.isLarge)}
      {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    />
  );
}
