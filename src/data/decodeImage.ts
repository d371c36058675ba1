/**
 * The one gate for image files: bytes in, checked pixels or an InputError out. Runs where createImageBitmap and
 * OffscreenCanvas are, in a worker or a page.
 */
import { InputError } from "../errors";
import { readDimensions, type Dimensions } from "./imageHeader";
import {
  fitSquare,
  resizeArea,
  resizeBilinear,
  type Fit,
  type IdMask,
  type Pixels,
} from "./preprocess";

export type DecodeOptions = {
  fit: Fit;
  /** What the model takes. */
  resolution: readonly [height: number, width: number];
  /** As the model was trained: ModelConfig.resize. */
  resize: "area" | "bilinear";
  /** Longest side of the picture to look at, in pixels. */
  maxDisplay?: number;
};

const maxBytes = 64 * 2 ** 20;
/** A picture of this many is refused. */
const pixelLimit = 100e6;
const maxSide = 4096;
const headBytes = 256 * 1024;
const formats = "PNG, JPEG, WebP, AVIF, GIF or BMP";

/**
 * A picture at the model's size, and the same square larger for display.
 * @returns input: opaque RGBA at `resolution`; display: at most maxDisplay wide, the caller's to close
 */
export async function decodeImage(
  file: Blob,
  { fit, resolution: [height, width], resize, maxDisplay = 512 }: DecodeOptions,
): Promise<{ input: Pixels; display: ImageBitmap }> {
  const square = fitSquare(await readPixels(file, maxSide), fit);
  const shrink = resize === "area" ? resizeArea : resizeBilinear;
  const side = Math.min(square.width, maxDisplay);
  return {
    input: shrink(square, width, height),
    display: await createImageBitmap(new ImageData(square.data, square.width, square.height), {
      resizeWidth: side,
      resizeHeight: side,
      resizeQuality: "high",
    }),
  };
}

/**
 * Object ids of a ground-truth mask, an 8-bit grey PNG whose grey level is the id.
 * Colour management is off, so that id 3 stays 3.
 */
export async function decodeGrayIds(file: Blob): Promise<IdMask> {
  const { width, height, data } = await readPixels(file, Infinity, {
    colorSpaceConversion: "none",
  });
  const ids = Uint8Array.from({ length: width * height }, (_, i) => data[i * 4] ?? 0);
  return { width, height, ids };
}

/** Refuses a file by its size in bytes. @param size - in bytes */
export function checkFileSize(size: number): void {
  if (size === 0)
    throw new InputError(`image: expected a picture, got an empty file. Choose another file.`);
  if (size > maxBytes)
    throw new InputError(
      `image: expected at most ${maxBytes / 2 ** 20} MB, got ${Math.ceil(size / 2 ** 20)} MB. Save it smaller.`,
    );
}

/** Refuses a picture by its size in pixels. */
export function checkDimensions({ width, height }: Dimensions): void {
  if (width === 0 || height === 0)
    throw new InputError(
      `image: expected a picture with a size, got ${width} x ${height} pixels. Save it as ${formats}.`,
    );
  if (width * height >= pixelLimit)
    throw new InputError(
      `image: expected fewer than ${pixelLimit / 1e6} megapixels, got ${width} x ${height} ` +
        `(${Math.round((width * height) / 1e6)} megapixels). Save it smaller.`,
    );
}

/** Size whose longer side is at most `limit`, aspect kept, at least 1 pixel; the same where it already fits. */
export function shrinkToFit({ width, height }: Dimensions, limit: number): Dimensions {
  const scale = Math.min(1, limit / Math.max(width, height));
  const scaled = (length: number) => Math.max(1, Math.round(length * scale));
  return { width: scaled(width), height: scaled(height) };
}

/** What to say about bytes that no decoder takes. @param type - the file's media type, may be empty */
export function undecodable(type: string): InputError {
  const isSvg = type === "image/svg+xml";
  const got = type === "" ? "a file of unknown type" : `${type} that the browser cannot decode`;
  const advice = isSvg
    ? "Export the drawing as PNG"
    : "The file may be damaged or no picture; try another";
  return new InputError(`image: expected ${formats}, got ${got}. ${advice}.`);
}

/** Checked, decoded, upright, on white, the longer side at most `limit`. */
async function readPixels(
  file: Blob,
  limit: number,
  options: ImageBitmapOptions = {},
): Promise<Pixels> {
  checkFileSize(file.size);
  const head = new Uint8Array(await file.slice(0, headBytes).arrayBuffer());
  const claimed = readDimensions(head);
  if (claimed) checkDimensions(claimed);
  const bitmap = await createImageBitmap(file, {
    imageOrientation: "from-image",
    ...options,
  }).catch(() => {
    throw undecodable(file.type);
  });
  try {
    checkDimensions(bitmap);
    return drawOnWhite(bitmap, shrinkToFit(bitmap, limit));
  } finally {
    bitmap.close();
  }
}

/** Upright pixels on white, smoothly scaled. */
export function drawOnWhite(bitmap: CanvasImageSource, { width, height }: Dimensions): Pixels {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("decodeImage: expected a 2D canvas, got none.");
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  return {
    width,
    height,
    data: new Uint8ClampedArray(context.getImageData(0, 0, width, height).data),
  };
}
