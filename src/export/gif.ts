/** Pictures as an animated GIF: a palette of the frames' colours, each pixel its nearest. Alpha is not read. */
import { applyPalette, GIFEncoder, quantize, type Format, type Palette } from "gifenc";

/** An image as ImageData holds it: RGBA, 0..255, row-major. */
export type GifPicture = { width: number; height: number; data: Uint8ClampedArray };

export type GifFrame = {
  picture: GifPicture;
  /** How long it stays, in milliseconds; a GIF counts in hundredths of a second. */
  delayMs: number;
};

export type GifOptions = {
  /** One palette for all frames, so that what stands still does not flicker, or one for each. */
  palette?: "shared" | "frame";
  /** Colours of a palette, 2..256. */
  maxColors?: number;
  /** Each pixel becomes scale x scale pixels; a whole number from 1 on. */
  scale?: number;
};

/** The longest side that the format can write. */
const maxSide = 65535;

/** The shortest delay that browsers keep to: they show shorter ones for 100 ms. */
const minDelayMs = 20;

/** The longest delay that the format can write. */
const maxDelayMs = 655350;

/** From this number of colours on a palette is found among coarser ones: the time goes with the square of the number. */
const manyColors = 4096;

/** The bytes of a GIF that plays in a loop. */
export function encodeGif(
  frames: readonly GifFrame[],
  { palette = "shared", maxColors = 128, scale = 1 }: GifOptions = {},
): Uint8Array<ArrayBuffer> {
  const { width, height } = checkFrames(frames, maxColors, scale);
  const pictures = frames.map(({ picture }) => ownBuffer(picture.data));
  const shared = palette === "shared" ? findPalette(joinPixels(pictures), maxColors) : null;
  const gif = GIFEncoder();
  for (const [i, pixels] of pictures.entries()) {
    const colors = shared ?? findPalette(pixels, maxColors);
    const index = enlarge(applyPalette(pixels, colors), width, height, scale);
    const isOwn = shared === null || i === 0;
    const delay = Math.min(maxDelayMs, Math.max(minDelayMs, frames[i]?.delayMs ?? minDelayMs));
    gif.writeFrame(index, width * scale, height * scale, {
      delay,
      ...(isOwn ? { palette: colors } : {}),
    });
  }
  gif.finish();
  return gif.bytes();
}

function checkFrames(
  frames: readonly GifFrame[],
  maxColors: number,
  scale: number,
): Pick<GifPicture, "width" | "height"> {
  const [first] = frames;
  if (!first) throw new Error("encodeGif: expected at least one frame, got none.");
  const { width, height } = first.picture;
  for (const { picture } of frames)
    if (picture.width !== width || picture.height !== height)
      throw new Error(
        `encodeGif: expected frames of ${width}x${height}, got ${picture.width}x${picture.height}.`,
      );
    else if (picture.data.length !== width * height * 4 || width * height === 0)
      throw new Error(
        `encodeGif: expected RGBA of ${width}x${height}, got ${picture.data.length} bytes.`,
      );
  if (!Number.isInteger(maxColors) || maxColors < 2 || maxColors > 256)
    throw new Error(`encodeGif: expected 2 to 256 colours, got ${maxColors}.`);
  if (!Number.isInteger(scale) || scale < 1 || Math.max(width, height) * scale > maxSide)
    throw new Error(
      `encodeGif: expected a whole scale from 1 on and sides up to ${maxSide}, got ${scale} times ${width}x${height}.`,
    );
  return { width, height };
}

/** gifenc reads the whole buffer of a view. */
const ownBuffer = (data: Uint8ClampedArray): Uint8ClampedArray =>
  data.byteLength === data.buffer.byteLength ? data : data.slice();

function joinPixels(pictures: readonly Uint8ClampedArray[]): Uint8ClampedArray {
  const size = pictures[0]?.length ?? 0;
  const out = new Uint8ClampedArray(pictures.length * size);
  for (const [i, picture] of pictures.entries()) out.set(picture, i * size);
  return out;
}

function findPalette(pixels: Uint8ClampedArray, maxColors: number): Palette {
  const format: Format = countColors(pixels) < manyColors ? "rgb565" : "rgb444";
  return quantize(pixels, maxColors, { format });
}

/** Different colours at 5, 6 and 5 bits. */
function countColors(pixels: Uint8ClampedArray): number {
  const isSeen = new Uint8Array(65536);
  let count = 0;
  for (let i = 0; i < pixels.length; i += 4) {
    const [r, g, b] = [pixels[i] ?? 0, pixels[i + 1] ?? 0, pixels[i + 2] ?? 0];
    const color = ((r >> 3) << 11) | ((g >> 2) << 5) | (b >> 3);
    if (!isSeen[color]) count++;
    isSeen[color] = 1;
  }
  return count;
}

/** Nearest neighbour: a palette's indices have nothing in between [H * scale, W * scale]. */
function enlarge(index: Uint8Array, width: number, height: number, scale: number): Uint8Array {
  if (scale === 1) return index;
  const out = new Uint8Array(index.length * scale * scale);
  const wide = width * scale;
  for (let y = 0; y < height; y++) {
    const from = y * scale * wide;
    for (let x = 0; x < width; x++)
      out.fill(index[y * width + x] ?? 0, from + x * scale, from + (x + 1) * scale);
    for (let copy = 1; copy < scale; copy++) out.copyWithin(from + copy * wide, from, from + wide);
  }
  return out;
}
