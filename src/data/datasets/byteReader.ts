/** Takes exact numbers of bytes from a stream whose pieces have any length. */
import { joinBytes } from "../../math/join";
import { Unreadable } from "./dataFile";

export type ByteReader = {
  /** How many bytes have been taken or passed over. */
  position: () => number;
  /** Exactly `size` bytes, copied. mayEnd: null where the stream is at its end. */
  take: (size: number, mayEnd?: boolean) => Promise<Uint8Array<ArrayBuffer> | null>;
  skip: (size: number) => Promise<void>;
  close: () => Promise<void>;
};

const endsEarly = (): Unreadable => new Unreadable("the archive is damaged or ends early");

/**
 * A stream that fails or ends in the middle throws Unreadable.
 * @param maxBytes - that the stream may give in all
 */
export function byteReader(
  stream: ReadableStream<Uint8Array>,
  signal?: AbortSignal,
  maxBytes = Infinity,
): ByteReader {
  const pieces = pieceReader(stream, maxBytes, signal);
  /** @returns how many of `size` bytes there were */
  const pass = async (size: number, use: (piece: Uint8Array) => void) => {
    for (let at = 0; at < size;) {
      const piece = await pieces.next(size - at);
      if (!piece) return at;
      use(piece);
      at += piece.length;
    }
    return size;
  };
  const take = async (size: number, mayEnd = false) => {
    const parts: Uint8Array[] = []; // no room is made for bytes that have not come
    const filled = await pass(size, (piece) => parts.push(piece));
    if (filled === 0 && mayEnd) return null;
    if (filled < size) throw endsEarly();
    return joinBytes(parts);
  };
  const skip = async (size: number) => {
    if ((await pass(size, () => undefined)) < size) throw endsEarly();
  };
  return { position: pieces.position, take, skip, close: pieces.close };
}

function pieceReader(stream: ReadableStream<Uint8Array>, maxBytes: number, signal?: AbortSignal) {
  const reader = stream.getReader();
  let chunk: Uint8Array = new Uint8Array(0);
  let position = 0;
  /** The next bytes, at most `size`; null at the end. */
  const next = async (size: number): Promise<Uint8Array | null> => {
    while (chunk.length === 0) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read().catch(() => {
        throw endsEarly();
      });
      if (done) return null;
      chunk = value;
      if (position + chunk.length > maxBytes)
        throw new Unreadable("the archive unpacks to far more than its size");
    }
    const piece = chunk.subarray(0, size);
    chunk = chunk.subarray(piece.length);
    position += piece.length;
    return piece;
  };
  const close = async (): Promise<void> => {
    await reader.cancel().catch(() => undefined); // a stream that has failed cannot be cancelled
  };
  return { next, close, position: () => position };
}
