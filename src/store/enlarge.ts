/** Small pictures as large ones, smooth in between. */
import type { Pixels } from "../engine/protocol";

/** Where a pixel of the large side lies between two of the small: their indices and the second's share. */
function between(i: number, from: number, to: number): [low: number, high: number, share: number] {
  const place = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
  const low = Math.floor(place);
  return [low, Math.min(from - 1, low + 1), place - low];
}

/** A picture at another size, bilinear with pixel centres as in CSS. */
export function enlarge(picture: Pixels, width: number, height: number): Pixels {
  const out = new Uint8ClampedArray(width * height * 4);
  const at = (y: number, x: number, c: number): number =>
    picture.data[(y * picture.width + x) * 4 + c] ?? 0;
  for (let y = 0; y < height; y++) {
    const [top, bottom, down] = between(y, picture.height, height);
    for (let x = 0; x < width; x++) {
      const [left, right, along] = between(x, picture.width, width);
      for (let c = 0; c < 4; c++) {
        const above = at(top, left, c) * (1 - along) + at(top, right, c) * along;
        const below = at(bottom, left, c) * (1 - along) + at(bottom, right, c) * along;
        out[(y * width + x) * 4 + c] = above * (1 - down) + below * down;
      }
    }
  }
  return { width, height, data: out };
}
