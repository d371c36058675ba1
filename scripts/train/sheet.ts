/** A contact sheet: one scene a row, its pictures side by side and its slots in colours. */
import { encode } from "fast-png";

import { idColors } from "../idColors";
import type { SheetRow } from "./evaluate";

const colorOf = (slot: number): number[] => idColors[slot % idColors.length] ?? [];

/** PNG of rows: input, first stage alone, drawn from the slots, slots. @param side - of each picture, pixels */
export function encodeSheet(rows: readonly SheetRow[], side: number): Uint8Array {
  const columns = 4;
  const width = columns * side;
  const data = new Uint8Array(rows.length * side * width * 3);
  rows.forEach((row, r) => {
    const colors = Uint8Array.from([...row.slots].flatMap(colorOf));
    [row.input, row.decoded, row.drawn, colors].forEach((picture, column) => {
      for (let y = 0; y < side; y++) {
        const line = picture.subarray(y * side * 3, (y + 1) * side * 3);
        data.set(line, ((r * side + y) * width + column * side) * 3);
      }
    });
  });
  return encode({ width, height: rows.length * side, data, channels: 3, depth: 8 });
}
