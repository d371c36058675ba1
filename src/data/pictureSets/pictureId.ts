/** A picture's name by its content, so that the same picture is kept once and found again elsewhere. */
import { hash32 } from "../scenes/seeding";

/**
 * @param rgb - at the set's resolution
 * @param subtle - null where the page did not come over https: then two 32-bit hashes stand in for SHA-256
 * @returns 16 hex digits
 */
export async function pictureId(
  rgb: Uint8Array<ArrayBuffer>,
  subtle: SubtleCrypto | null = browserSubtle(),
): Promise<string> {
  if (!subtle) return hexOf(mixWords(rgb));
  return hexOf(new Uint8Array(await subtle.digest("SHA-256", rgb)).subarray(0, 8));
}

/** Absent where a page is not secure, whatever its type says. */
const browserSubtle = (): SubtleCrypto | null => crypto.subtle ?? null;

/** Two lanes over the bytes, four at a time. */
function mixWords(bytes: Uint8Array): Uint8Array {
  let [a, b] = [hash32(bytes.length, 1), hash32(bytes.length, 2)];
  for (let i = 0; i < bytes.length; i += 4) {
    const [p = 0, q = 0, r = 0, s = 0] = bytes.subarray(i, i + 4);
    const word = (p << 24) | (q << 16) | (r << 8) | s;
    [a, b] = [hash32(a, word), hash32(b, word, a)];
  }
  return new Uint8Array(Uint32Array.of(a, b).buffer);
}

const hexOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
