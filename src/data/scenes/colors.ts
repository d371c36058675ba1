/** The colours that scenes are painted with. Every channel is an integer 0..255, sRGB. */
import type { Rng } from "../../math/random";
import { uniform } from "./seeding";

export type Rgb = [r: number, g: number, b: number];
export type NamedColor = { name: string; rgb: Rgb };

/** The eight colours of CLEVR (Johnson et al. 2017, image_generation/data/properties.json). */
export const clevrColors: readonly NamedColor[] = [
  { name: "gray", rgb: [87, 87, 87] },
  { name: "red", rgb: [173, 35, 35] },
  { name: "blue", rgb: [42, 75, 215] },
  { name: "green", rgb: [29, 105, 20] },
  { name: "brown", rgb: [129, 74, 25] },
  { name: "purple", rgb: [129, 38, 192] },
  { name: "cyan", rgb: [41, 208, 208] },
  { name: "yellow", rgb: [255, 238, 51] },
];

/** Saturated colours of sprites, far enough from each other that two touching sprites show their border. */
export const spriteColors: readonly NamedColor[] = [
  { name: "red", rgb: [230, 30, 40] },
  { name: "orange", rgb: [255, 135, 20] },
  { name: "yellow", rgb: [250, 225, 30] },
  { name: "green", rgb: [40, 170, 60] },
  { name: "cyan", rgb: [20, 205, 220] },
  { name: "blue", rgb: [35, 75, 230] },
  { name: "purple", rgb: [135, 40, 200] },
  { name: "magenta", rgb: [245, 60, 190] },
];

/**
 * @param hue - in turns, 0 = red
 * @param saturation - 0..1
 * @param value - 0..1
 */
export function hsvToRgb(hue: number, saturation: number, value: number): Rgb {
  const channel = (offset: number): number => {
    const k = (offset + hue * 6) % 6;
    return Math.round(255 * value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1))));
  };
  return [channel(5), channel(3), channel(1)];
}

/** a at t = 0, b at t = 1, rounded. */
export const mixRgb = (a: Rgb, b: Rgb, t: number): Rgb => [
  Math.round(a[0] + (b[0] - a[0]) * t),
  Math.round(a[1] + (b[1] - a[1]) * t),
  Math.round(a[2] + (b[2] - a[2]) * t),
];

/** A colour near another one: each channel moved by at most `spread`. */
export function jitterRgb(rng: Rng, [r, g, b]: Rgb, spread: number): Rgb {
  const move = (channel: number): number =>
    Math.max(0, Math.min(255, Math.round(channel + uniform(rng, -spread, spread))));
  return [move(r), move(g), move(b)];
}

/** The named colour at the smallest distance in RGB. */
export function nearestColor([r, g, b]: Rgb, colors: readonly NamedColor[]): NamedColor {
  const distance = ({ rgb }: NamedColor): number => Math.hypot(rgb[0] - r, rgb[1] - g, rgb[2] - b);
  return colors.reduce((best, color) => (distance(color) < distance(best) ? color : best));
}
