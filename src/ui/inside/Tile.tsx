/** A square picture with its name under it. */
import { useCallback, type ReactNode } from "react";

import type { Pixels } from "../../engine/protocol";
import { Canvas, PixelsCanvas, type Draw } from "../common/Canvas";
import { classNames } from "../common/classNames";
import { upsampleMask, type Size } from "../common/paintMasks";
import { slotColor, slotRgb } from "../common/slotColors";
import styles from "./Inside.module.css";
import { paintWeights } from "./paint";

/** Weights are painted pixel by pixel: a tile needs no more than this. */
const maxSize = 200;

type TileProps = {
  name: string;
  note?: string | undefined;
  /** Index of the slot's colour. */
  color?: number;
  testId?: string | undefined;
  children: ReactNode;
};

export function Tile({ name, note, color, testId, children }: TileProps) {
  return (
    <figure className={styles.tile} data-testid={testId}>
      <div className={styles.square}>{children}</div>
      <figcaption>
        {color !== undefined && (
          <span
            className={styles.swatch}
            style={{ background: slotColor(color) }}
            aria-hidden="true"
          />
        )}
        <div>
          <strong>{name}</strong> {note !== undefined && <span>{note}</span>}
        </div>
      </figcaption>
    </figure>
  );
}

type PictureProps = {
  pixels: Pixels;
  /** Accessible name; without one the picture is there to be painted over. */
  label?: string;
  /** Each value a square of its own, not smoothed. */
  isPixelated?: boolean;
  testId?: string;
};

/** Fills a tile. */
export function Picture({ pixels, label, isPixelated = false, testId }: PictureProps) {
  const named =
    label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label };
  return (
    <PixelsCanvas
      pixels={pixels}
      className={classNames(styles.layer, isPixelated && styles.isPixelated)}
      data-testid={testId}
      {...named}
    />
  );
}

/** A picture that steps back behind what is laid over it. */
export function Faded({ children }: { children: ReactNode }) {
  return (
    <div className={styles.isFaded} aria-hidden="true">
      {children}
    </div>
  );
}

type WeightsProps = {
  /** [h, w], 0..1 */
  weights: Float32Array;
  size: Size;
  /** Index of the slot's colour. */
  color: number;
  label: string;
  testId?: string;
};

/** One slot's weights in its colour, over what lies in the tile. */
export function Weights({ weights, size: [height, width], color, label, testId }: WeightsProps) {
  const draw = useCallback<Draw>(
    (context, side) => {
      const fine = upsampleMask(weights, [height, width], [side, side]);
      const rgba = paintWeights(fine, slotRgb(color));
      context.putImageData(new ImageData(rgba, side, side), 0, 0);
    },
    [weights, height, width, color],
  );
  return (
    <Canvas
      draw={draw}
      maxSize={maxSize}
      className={styles.layer}
      role="img"
      aria-label={label}
      data-testid={testId}
    />
  );
}
