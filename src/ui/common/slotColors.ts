/**
 * One colour for each slot index: 20 hues that stay apart on pictures, on white and on near-black. Colour never
 * stands alone: chips carry the slot's number too.
 */

/** Red, green and blue, 0..255. */
export type Rgb = readonly [red: number, green: number, blue: number];

const palette: readonly Rgb[] = [
  [230, 68, 60], // red
  [47, 125, 225], // blue
  [44, 160, 90], // green
  [242, 165, 22], // amber
  [138, 79, 214], // purple
  [18, 179, 196], // cyan
  [230, 103, 180], // pink
  [139, 180, 31], // lime
  [160, 89, 43], // brown
  [53, 70, 168], // navy
  [250, 138, 110], // coral
  [15, 112, 98], // teal
  [201, 177, 240], // lavender
  [112, 112, 20], // olive
  [165, 20, 70], // crimson
  [127, 208, 245], // sky
  [92, 48, 110], // plum
  [245, 216, 74], // yellow
  [111, 219, 160], // mint
  [124, 135, 148], // slate
];

/** How many slots have a colour of their own; later ones begin again. */
export const numSlotColors = palette.length;

/** @param index - slot index, 0-based */
export const slotRgb = (index: number): Rgb => palette[index % numSlotColors] ?? [0, 0, 0];

/** The slot's colour as CSS. */
export const slotColor = (index: number): string => `rgb(${slotRgb(index).join(" ")})`;

/** Relative luminance of WCAG 2, 0..1. */
export function luminance([red, green, blue]: Rgb): number {
  const linear = (value: number) => {
    const unit = value / 255;
    return unit <= 0.04045 ? unit / 12.92 : ((unit + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** Black or white: whichever reads better on the slot's colour. */
export const slotInk = (index: number): "#000" | "#fff" =>
  luminance(slotRgb(index)) > 0.179 ? "#000" : "#fff";
