/** What a procedural texture is (a kind, three colours, a seed) and how it becomes pixels. No canvas, no DOM. */
import { mulberry32, type Rng } from "../../math/random";
import { hsvToRgb, mixRgb, type Rgb } from "./colors";
import { pick, uniform } from "./seeding";
import { toneMakers } from "./textureTones";

export type TextureKind = keyof typeof toneMakers;

export type TextureSpec = {
  kind: TextureKind;
  seed: number;
  colors: [first: Rgb, second: Rgb, third: Rgb];
  /** Coarse cells a side. */
  cells: number;
};

const textureKinds: readonly TextureKind[] = [
  "checker",
  "stripes",
  "dots",
  "noise",
  "wood",
  "brick",
  "grid",
  "speckle",
];

/** A texture for an object, or with little contrast for the floor and the wall. */
export function drawTextureSpec(rng: Rng, contrast: "full" | "calm"): TextureSpec {
  const kind = pick(rng, textureKinds);
  const first = hsvToRgb(rng(), uniform(rng, 0.15, 0.9), uniform(rng, 0.35, 0.95));
  const strong = drawSecondColor(rng, first);
  const second = contrast === "calm" ? mixRgb(strong, first, uniform(rng, 0.35, 0.75)) : strong;
  const third = hsvToRgb(rng(), uniform(rng, 0.2, 0.8), uniform(rng, 0.3, 0.9));
  const colors: TextureSpec["colors"] = [
    first,
    second,
    contrast === "calm" ? mixRgb(third, first, 0.55) : third,
  ];
  return { kind, colors, seed: Math.floor(rng() * 2 ** 31), cells: pick(rng, [2, 3, 4, 6]) };
}

/** Half the time any colour, else the first one darkened or lightened. */
function drawSecondColor(rng: Rng, first: Rgb): Rgb {
  if (rng() < 0.5) return hsvToRgb(rng(), uniform(rng, 0.1, 0.9), uniform(rng, 0.25, 0.95));
  return rng() < 0.5 ? mixRgb(first, [0, 0, 0], 0.6) : mixRgb(first, [255, 255, 255], 0.57);
}

/** A greyish texture, or a plain colour, that saturated sprites stand out from. */
export function drawGroundSpec(rng: Rng): TextureSpec {
  const hue = rng();
  const value = uniform(rng, 0.2, 0.9);
  const shade = (spread: number): Rgb => {
    const moved = Math.max(0.1, Math.min(0.97, value + uniform(rng, -spread, spread)));
    return hsvToRgb((hue + uniform(rng, 0, 0.25)) % 1, uniform(rng, 0, 0.3), moved);
  };
  const colors: TextureSpec["colors"] = [shade(0), shade(0.3), shade(0.3)];
  const seed = Math.floor(rng() * 2 ** 31);
  return { kind: pick(rng, textureKinds), colors, seed, cells: pick(rng, [2, 3, 4]) };
}

/** A texture's tile, each texel the mean of 2 x 2 samples. @returns RGBA, [side * side * 4] */
export function paintTexture(spec: TextureSpec, side: number): Uint8Array<ArrayBuffer> {
  const tone = toneMakers[spec.kind](mulberry32(spec.seed), spec.cells);
  const out = new Uint8Array(side * side * 4);
  const step = 0.5 / side;
  for (let i = 0; i < side * side; i++) {
    const u = ((i % side) + 0.25) / side;
    const v = (Math.floor(i / side) + 0.25) / side;
    let second = 0; // sums of four weights, each 0..1
    let third = 0;
    for (let sample = 0; sample < 4; sample++) {
      const t = tone(u + (sample & 1) * step, v + (sample >> 1) * step);
      if (t > 0) second += t;
      else third -= t;
    }
    writeMix(out, 4 * i, spec.colors, second / 4, third / 4);
  }
  return out;
}

function writeMix(
  out: Uint8Array,
  at: number,
  [a, b, c]: TextureSpec["colors"],
  second: number,
  third: number,
): void {
  const first = 1 - second - third;
  out[at] = Math.round(first * a[0] + second * b[0] + third * c[0]);
  out[at + 1] = Math.round(first * a[1] + second * b[1] + third * c[1]);
  out[at + 2] = Math.round(first * a[2] + second * b[2] + third * c[2]);
  out[at + 3] = 255;
}
