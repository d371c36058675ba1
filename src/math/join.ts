/** Typed arrays laid end to end. */

/** Bytes of all parts, in their order. */
export const joinBytes = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  fill(new Uint8Array(lengthOf(parts)), parts);

/** Numbers of all parts, in their order. */
export const joinFloats = (parts: readonly Float32Array[]): Float32Array<ArrayBuffer> =>
  fill(new Float32Array(lengthOf(parts)), parts);

const lengthOf = (parts: readonly ArrayLike<number>[]): number =>
  parts.reduce((sum, { length }) => sum + length, 0);

function fill<T extends { set: (part: ArrayLike<number>, at: number) => void }>(
  out: T,
  parts: readonly ArrayLike<number>[],
): T {
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
