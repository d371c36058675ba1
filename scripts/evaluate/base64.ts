/** Bytes as text, for what goes between Node and a page. */

const chunk = 0x8000; // arguments of one call

/** @param array - its bytes in this machine's order */
export function toBase64({ buffer, byteOffset, byteLength }: Uint8Array | Float32Array): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += chunk)
    parts.push(String.fromCharCode(...bytes.subarray(at, at + chunk)));
  return btoa(parts.join(""));
}

/** The bytes again. */
export const bytesFromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** 32-bit floats again. */
export const floatsFromBase64 = (text: string): Float32Array =>
  new Float32Array(bytesFromBase64(text).buffer);
