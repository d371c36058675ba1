/** Small fixed textures of the stage, computed rather than drawn: no canvas is needed. */
import {
  DataTexture,
  LinearFilter,
  LinearMipmapLinearFilter,
  RepeatWrapping,
  SRGBColorSpace,
} from "three";

/** Value at a distance from the centre, between stops by straight lines. */
type Stops = readonly (readonly [distance: number, value: number])[];

function interpolate(stops: Stops, x: number): number {
  const next = stops.findIndex(([distance]) => distance >= x);
  const [x1, y1] = stops[next] ?? stops.at(-1) ?? [0, 0];
  const [x0, y0] = stops[next - 1] ?? [x1, y1];
  return x1 === x0 ? y1 : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

/** A texture over bytes that the caller may rewrite: set needsUpdate then. @param data - RGBA [side * side * 4] */
export function byteTexture(data: Uint8Array<ArrayBuffer>, side: number): DataTexture {
  const texture = new DataTexture(data, side, side);
  texture.colorSpace = SRGBColorSpace;
  texture.wrapS = texture.wrapT = RepeatWrapping;
  texture.magFilter = LinearFilter;
  texture.minFilter = LinearMipmapLinearFilter;
  texture.generateMipmaps = true;
  texture.needsUpdate = true;
  return texture;
}

function radialTexture(
  side: number,
  center: readonly [number, number],
  paint: (distance: number) => [r: number, g: number, b: number, a: number],
): DataTexture {
  const data = new Uint8Array(side * side * 4);
  for (let i = 0; i < side * side; i++) {
    const x = ((i % side) + 0.5) / side - center[0];
    const y = (Math.floor(i / side) + 0.5) / side - center[1];
    data.set(paint(Math.hypot(x, y)), 4 * i);
  }
  return byteTexture(data, side);
}

const floorStops: Stops = [
  [0.016, 196],
  [0.05, 186],
  [0.105, 160],
  [0.19, 128],
  [0.31, 102],
];

/** A pool of light on a grey floor, darker far away; distances are fractions of the floor's side. */
export const floorGradient = (): DataTexture =>
  radialTexture(256, [0.5, 0.485], (distance) => {
    const value = Math.round(interpolate(floorStops, distance));
    return [value, value, value, 255];
  });

const contactStops: Stops = [
  [0.094, 0.62],
  [0.317, 0.42],
  [0.419, 0.12],
  [0.5, 0],
];

/** The dark where an object meets the floor, which a shadow map is too coarse for. */
export const contactGradient = (): DataTexture =>
  radialTexture(64, [0.5, 0.5], (distance) => [
    0,
    0,
    0,
    Math.round(255 * interpolate(contactStops, distance)),
  ]);
