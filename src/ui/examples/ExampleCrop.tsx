/** A slot of an example: what it attends to in the picture, with its number. */
import { useCallback, type CSSProperties } from "react";

import { sourcePlace } from "../../store/exampleSchema";
import type { Example } from "../../store/exampleState";
import { Canvas, type Draw } from "../common/Canvas";
import { drawCrop } from "../common/drawCrop";
import { slotColor, slotInk } from "../common/slotColors";
import { roundMasks } from "../inside/facts";
import styles from "./Examples.module.css";

type ExampleCropProps = {
  /** Null while it is on its way: the number is there before the picture. */
  example: Example | null;
  index: number;
};

export function ExampleCrop({ example, index }: ExampleCropProps) {
  const draw = useCallback<Draw>(
    (context, size) => {
      if (!example) return;
      const { facts, pictures, attn } = example;
      const area = facts.attnSize[0] * facts.attnSize[1];
      const masks = roundMasks(attn, facts.numSlots, area, facts.rounds);
      const mask = masks.subarray(index * area, (index + 1) * area);
      drawCrop(context, size, { image: pictures, ...sourcePlace(facts) }, mask, facts.attnSize);
    },
    [example, index],
  );
  const colors = { "--slot": slotColor(index), "--slot-ink": slotInk(index) };
  return (
    // custom properties are not in React's type
    <span className={styles.crop} style={colors as CSSProperties}>
      <Canvas draw={draw} maxSize={128} isRead aria-hidden="true" />
      <span className={styles.badge}>{index + 1}</span>
    </span>
  );
}
