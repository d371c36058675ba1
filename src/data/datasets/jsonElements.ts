/**
 * Walks a large json from front to back, giving out the objects of its top-level arrays one by one with the bytes where they
 * lie, so that a file of hundreds of megabytes is never parsed as a whole.
 */
import { Unreadable } from "./dataFile";

/** An object of the array `key`, as parsed; bytes [begin, end) of the file hold it. */
export type JsonElement = { key: string; value: unknown; begin: number; end: number };

type Span = { key: string; bytes: Uint8Array; begin: number; end: number };

const [quote, backslash, colon, comma] = [0x22, 0x5c, 0x3a, 0x2c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
const maxKeyBytes = 256;

/**
 * @param keys - the top-level arrays to walk
 * @param maxBytes - of one object
 */
export async function* readJsonElements(
  blob: Blob,
  keys: readonly string[],
  maxBytes: number,
  signal?: AbortSignal,
): AsyncGenerator<JsonElement> {
  const reader = blob.stream().getReader();
  const scan = createScan(keys, maxBytes);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) break;
      for (const { key, bytes, begin, end } of scanChunk(scan, value))
        yield { key, value: parseElement(bytes), begin, end };
    }
  } finally {
    await reader.cancel();
  }
  if (!scan.began || scan.depth !== 0 || scan.inString)
    throw new Unreadable("a damaged json, or one that ends early");
}

function parseElement(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new Unreadable("a damaged json, or one that ends early", { cause });
  }
}

/** Follows strings and nesting only; what is inside an element is left to JSON.parse. */
type Scan = {
  keys: readonly string[];
  maxBytes: number;
  depth: number;
  began: boolean;
  inString: boolean;
  isEscaped: boolean;
  /** The last string at depth 1: a key, once a colon follows. */
  text: number[];
  key: string;
  /** The array that is being walked; "" for none. */
  arrayKey: string;
  /** Where the open element begins, -1 for none, and its bytes of earlier chunks. */
  elementBegin: number;
  held: Uint8Array[];
  /** Of the chunk, in the file. */
  position: number;
};

const createScan = (keys: readonly string[], maxBytes: number): Scan => ({
  ...{ keys, maxBytes, depth: 0, position: 0, began: false, inString: false, isEscaped: false },
  ...{ text: [], key: "", arrayKey: "", elementBegin: -1, held: [] },
});

function* scanChunk(scan: Scan, chunk: Uint8Array): Generator<Span> {
  for (let at = 0; at < chunk.length; at++) {
    const byte = chunk[at] ?? 0;
    if (scan.inString) stepString(scan, byte);
    else if (byte === closeBrace || byte === closeBracket) {
      scan.depth--;
      if (scan.depth === 2 && scan.elementBegin >= 0) yield closeElement(scan, chunk, at + 1);
      if (scan.depth === 1) scan.arrayKey = "";
    } else step(scan, byte, at);
  }
  if (scan.elementBegin >= 0) {
    checkLength(scan, chunk.length);
    scan.held.push(chunk.slice(Math.max(0, scan.elementBegin - scan.position)));
  }
  scan.position += chunk.length;
}

function stepString(scan: Scan, byte: number): void {
  if (scan.isEscaped) scan.isEscaped = false;
  else if (byte === backslash) scan.isEscaped = true;
  else if (byte === quote) scan.inString = false;
  if (scan.inString && scan.depth === 1 && scan.text.length < maxKeyBytes) scan.text.push(byte);
}

function step(scan: Scan, byte: number, at: number): void {
  if (byte === quote) {
    scan.inString = true;
    if (scan.depth === 1) scan.text = [];
  } else if (byte === openBrace || byte === openBracket) {
    scan.began = true;
    if (scan.depth === 1 && byte === openBracket && scan.keys.includes(scan.key))
      scan.arrayKey = scan.key;
    if (scan.depth === 2 && byte === openBrace && scan.arrayKey !== "")
      scan.elementBegin = scan.position + at;
    scan.depth++;
  } else if (scan.depth === 1 && byte === colon) scan.key = String.fromCharCode(...scan.text);
  else if (scan.depth === 1 && byte === comma) scan.key = scan.arrayKey = "";
}

function closeElement(scan: Scan, chunk: Uint8Array, until: number): Span {
  checkLength(scan, until);
  const { arrayKey: key, elementBegin: begin, position } = scan;
  const last = chunk.subarray(Math.max(0, begin - position), until);
  const bytes = joinBytes([...scan.held, last]);
  scan.elementBegin = -1;
  scan.held = [];
  return { key, bytes, begin, end: position + until };
}

function checkLength({ position, elementBegin, maxBytes }: Scan, until: number): void {
  if (position + until - elementBegin > maxBytes)
    throw new Unreadable("an annotation that is too large");
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
