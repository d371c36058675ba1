/** What gif.ts uses of gifenc 1.0.3, which brings no types. */
declare module "gifenc" {
  /** Red, green, blue, 0..255. */
  export type Palette = number[][];
  export type Format = "rgb565" | "rgb444";

  export interface GifStream {
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: {
        /** Of the first frame: the shared colours; of a later one: its own. */
        palette?: Palette;
        /** Milliseconds. */
        delay?: number;
        /** 0 is forever. */
        repeat?: number;
      },
    ): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  }

  export function GIFEncoder(): GifStream;
  /** Reads the whole buffer of `rgba`, wherever the view begins. */
  export function quantize(
    rgba: Uint8Array | Uint8ClampedArray,
    maxColors: number,
    options?: { format?: Format },
  ): Palette;
  export function applyPalette(
    rgba: Uint8Array | Uint8ClampedArray,
    palette: Palette,
    format?: Format,
  ): Uint8Array;
}
