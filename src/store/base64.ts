/** base64url without padding (RFC 4648, section 5): bytes as text that an address can hold. */

/** Bytes to text of A-Z a-z 0-9 - _. */
export function toBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Whether text is bytes: 4 letters hold 3 of them, and a single letter over holds none. */
export const isBase64Url = (text: string): boolean =>
  /^[\w-]*$/.test(text) && text.length % 4 !== 1;

/** The bytes of such text; throws where it holds anything else. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  if (!isBase64Url(text))
    throw new RangeError("base64url: expected A-Z a-z 0-9 - _, and no single letter over.");
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
