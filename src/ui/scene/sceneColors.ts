/** One colour for each scene, by its letter: Okabe and Ito's, which colour-blind people tell apart too. The letter is always beside it. */
import { luminance, type Rgb } from "../common/slotColors";

const palette: readonly Rgb[] = [
  [0, 114, 178], // blue
  [230, 159, 0], // orange
  [0, 158, 115], // green
  [204, 121, 167], // purple
  [86, 180, 233], // sky
  [213, 94, 0], // vermilion
  [240, 228, 66], // yellow
  [110, 110, 110], // grey
];

const sceneRgb = (letter: string): Rgb =>
  palette[(letter.charCodeAt(0) - 65 + palette.length) % palette.length] ?? [110, 110, 110];

/** The scene's colour and what is written on it, as CSS. */
export function sceneColors(letter: string): { background: string; color: "#000" | "#fff" } {
  const rgb = sceneRgb(letter);
  return {
    background: `rgb(${rgb.join(" ")})`,
    color: luminance(rgb) > 0.179 ? "#000" : "#fff",
  };
}
