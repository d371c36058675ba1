/** A contact sheet: one scene a row, its pictures side by side and its slots in colours. */
import { encode } from "fast-png";

import { idColors } from "../idColors";

import type { SheetRow } from "./evaluate";

const colorOf = (slot: number): number[] => idColors[slot % idColors.length] ?? [];

/** PNG of the columns that the rows have: input, first stage alone, drawn from the slots, slots. @param side - pixels */
export function encodeSheet(rows: readonly SheetRow[], side: number): Uint8Array {
  const picturesOf = ({ input, decoded, drawn, slots }: SheetRow): Uint8Array[] => {
    const colors = slots && Uint8Array.from([...slots].flatMap(colorOf));
    return [input, decoded, drawn, colors].filter((picture) => picture !== null);
  };
  const columns = Math.max(...rows.map((row) => picturesOf(row).length));
  const width = columns * side;
  const data = new Uint8Array(rows.length * side * width * 3);
  rows.forEach((row, r) => {
    picturesOf(row).forEach((picture, column) => {
      for (let y = 0; y < side; y++) {
        const line = picture.subarray(y * side * 3, (y + 1) * side * 3);
        data.set(line, ((r * side + y) * width + column * side) * 3);
      }
    });
  });
  return encode({ width, height: rows.length * side, data, channels: 3, depth: 8 });
}
