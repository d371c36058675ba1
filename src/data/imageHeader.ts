/**
 * A picture's size from its first bytes, before anything is decoded: a small file may claim more pixels than the
 * device has memory. Formats: PNG (W3C), GIF89a, BMP, WebP (RFC 9649), JPEG (ITU T.81).
 */

export type Dimensions = { width: number; height: number };

/**
 * @param head - the file's first bytes; 256 KiB reach past the metadata of almost all JPEGs
 * @returns stored size, null for other formats and for headers that end early
 */
export function readDimensions(head: Uint8Array): Dimensions | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  try {
    const found = readers.find(({ signature, at }) => hasText(head, signature, at ?? 0));
    return found ? found.read(view) : null;
  } catch (error) {
    if (error instanceof RangeError) return null; // the header goes on past the bytes given
    throw error;
  }
}

type Reader = { signature: string; at?: number; read: (view: DataView) => Dimensions | null };

const readers: Reader[] = [
  {
    signature: "\x89PNG\r\n\x1a\n",
    read: (view) => ({ width: view.getUint32(16), height: view.getUint32(20) }),
  },
  {
    signature: "GIF8",
    read: (view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  },
  {
    signature: "BM",
    read: (view) => ({
      width: Math.abs(view.getInt32(18, true)),
      height: Math.abs(view.getInt32(22, true)), // negative: stored top down
    }),
  },
  { signature: "WEBP", at: 8, read: readWebp },
  { signature: "\xff\xd8", read: readJpeg },
];

function readWebp(view: DataView): Dimensions | null {
  const uint24 = (at: number) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  switch (String.fromCharCode(view.getUint8(15))) {
    case "X": // VP8X, extended
      return { width: 1 + uint24(24), height: 1 + uint24(27) };
    case "L": {
      const bits = view.getUint32(21, true); // VP8L, lossless: 14 bits each
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
    }
    case " ": // VP8, lossy: 14 bits each, then a scale that browsers ignore
      return {
        width: view.getUint16(26, true) & 0x3fff,
        height: view.getUint16(28, true) & 0x3fff,
      };
    default:
      return null;
  }
}

/** Walks the segments to the first start of frame (SOF0..SOF15 without DHT, JPG, DAC). */
function readJpeg(view: DataView): Dimensions | null {
  let at = 2;
  while (view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1; // fill byte
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

const hasText = (bytes: Uint8Array, text: string, at: number): boolean =>
  [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
