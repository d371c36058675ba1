/** Files that are not quite what they should be: valid ones with bits, numbers, lengths and parts changed, and noise. */
import fc from "fast-check";

export type Bytes = Uint8Array<ArrayBuffer>;

/** The kind of a change, where, and two numbers that say more. */
type Edit = [kind: number, at: number, a: number, b: number];

/** No input grows beyond this by its changes. */
const maxBytes = 128 * 1024;

/** Lengths, offsets and counts at which readers go wrong. */
const numbers: readonly bigint[] = [
  ...[0n, 1n, 2n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0x8000n, 0xffffn, 100_000n],
  ...[2n ** 24n, 2n ** 28n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 40n],
  ...[2n ** 53n - 1n, 2n ** 53n, 2n ** 60n, 2n ** 63n, 2n ** 64n - 1n, 0x7ff8_0000_0000_0000n],
];

const word = fc.nat(2 ** 31 - 1);
const kinds = 10;

/** @param tokens - bytes that mean something in this format */
export function damaged(
  seeds: readonly Bytes[],
  tokens: readonly Bytes[] = [],
): fc.Arbitrary<Bytes> {
  const edits = fc.array(fc.tuple(fc.nat(kinds - 1), word, word, word), { maxLength: 5 });
  const changed = fc
    .tuple(fc.nat(seeds.length - 1), edits)
    .map(([index, list]) =>
      list.reduce(
        (bytes, edit) => apply(bytes, edit, seeds, tokens),
        seeds[index] ?? new Uint8Array(0),
      ),
    );
  return fc.oneof(
    { weight: 19, arbitrary: changed },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => join([bytes])) },
  );
}

function apply(
  bytes: Bytes,
  [kind, at, a, b]: Edit,
  seeds: readonly Bytes[],
  tokens: readonly Bytes[],
): Bytes {
  const from = at % (bytes.length + 1);
  const length = 1 + (a % Math.min(64, bytes.length + 1));
  const [before, after] = [bytes.subarray(0, from), bytes.subarray(from)];
  const part = bytes.subarray(from, from + length);
  switch (kind) {
    case 0:
      return overwrite(bytes, from, Uint8Array.of((bytes[from] ?? 0) ^ (1 << (a & 7))));
    case 1:
      return overwrite(bytes, from, Uint8Array.of(a & 255));
    case 2:
      return overwrite(bytes, from, numberBytes(a, b));
    case 3:
      return before.slice();
    case 4:
      return join([before, bytes.subarray(from + length)]);
    case 5: // a part again and again
      return join([before, ...Array<Bytes>(1 + (b % 20)).fill(part), after]);
    case 6: // a part at another place
      return overwrite(bytes, b % (bytes.length + 1), part);
    case 7: {
      const other = seeds[a % seeds.length] ?? bytes;
      return join([before, other.subarray(b % (other.length + 1))]);
    }
    case 8:
      return join([before, tokens[a % tokens.length] ?? numberBytes(a, b), after]);
    default:
      return overwrite(bytes, from, tokens[a % tokens.length] ?? numberBytes(b, a));
  }
}

/** A number of 1, 2, 4 or 8 bytes, in either order. */
function numberBytes(a: number, b: number): Bytes {
  const value = numbers[a % numbers.length] ?? 0n;
  const size = 1 << (b & 3);
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value & ((1n << BigInt(8 * size)) - 1n), true);
  const bytes = new Uint8Array(view.buffer, 0, size);
  return b & 4 ? bytes.toReversed() : bytes;
}

function overwrite(bytes: Bytes, at: number, part: Uint8Array): Bytes {
  const out = bytes.slice();
  out.set(part.subarray(0, Math.max(0, out.length - at)), Math.min(at, out.length));
  return out;
}

/** Parts one behind another, cut where they get too long. */
export function join(parts: readonly Uint8Array[]): Bytes {
  const out = new Uint8Array(
    Math.min(
      maxBytes,
      parts.reduce((sum, part) => sum + part.length, 0),
    ),
  );
  let at = 0;
  for (const part of parts) {
    const fitting = part.subarray(0, out.length - at);
    out.set(fitting, at);
    at += fitting.length;
  }
  return out;
}

const encoder = new TextEncoder();
/** Text as bytes. */
export const bytesOf = (text: string): Bytes => encoder.encode(text);
/** A copy of bytes that has a buffer of its own. */
export const copyOf = (bytes: Uint8Array): Bytes => new Uint8Array(bytes);
