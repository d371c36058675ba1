/**
 * Number formats of weight files <-> Float32Array, which is what tfjs computes with.
 *
 * IEEE 754 binary16 and bfloat16, both ways, rounding to nearest with ties to even as PyTorch does.
 * Files are little-endian; so is every machine that runs a browser (typed arrays are read as they lie).
 */
import { CheckpointError } from "../errors";

/** Names as safetensors writes them. */
export type DType = "F64" | "F32" | "F16" | "BF16" | "I64" | "I32" | "I16" | "I8" | "U8" | "BOOL";
/** What weights can be written as. */
export type WritableDType = "F32" | "F16" | "BF16";

/** Bytes that one value takes. */
export const dtypeBytes: Readonly<Record<DType, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

const wordFloat = new Float32Array(1);
const wordBits = new Uint32Array(wordFloat.buffer);

/** @param bits - a binary16, 0..65535 @returns its value, exactly */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24; // zero and subnormals
  if (exponent === 31) return mantissa ? NaN : sign * Infinity;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** Right shift that rounds to nearest, ties to even. @param value - below 2^31 @param shift - 1..31 */
function shiftRounding(value: number, shift: number): number {
  const kept = value >>> shift;
  const rest = value - kept * 2 ** shift;
  const half = 2 ** (shift - 1);
  return rest > half || (rest === half && kept & 1) ? kept + 1 : kept;
}

/** @param value - rounded to float32 first @returns the nearest binary16, 0..65535; beyond 65520 infinity */
export function floatToHalf(value: number): number {
  wordFloat[0] = value;
  const word = wordBits[0] ?? 0;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN: one quiet pattern
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 65536 and above
  const exponent = magnitude >>> 23;
  if (exponent >= 113) return sign | shiftRounding(magnitude - (112 << 23), 13); // may carry into infinity
  if (exponent < 102) return sign; // below 2^-25: rounds to zero
  const significand = 0x800000 | (magnitude & 0x7fffff);
  return sign | shiftRounding(significand, 126 - exponent); // in units of 2^-24
}

/** @param bits - a bfloat16, 0..65535 @returns its value, exactly */
export function bfloatToFloat(bits: number): number {
  wordBits[0] = bits << 16;
  return wordFloat[0] ?? 0;
}

/** @returns the nearest bfloat16, 0..65535 */
export function floatToBfloat(value: number): number {
  wordFloat[0] = value;
  const word = wordBits[0] ?? 0;
  if ((word & 0x7fffffff) > 0x7f800000) return ((word >>> 16) & 0x8000) | 0x7fc0; // NaN
  const rounded = shiftRounding(word & 0x7fffffff, 16);
  return ((word >>> 16) & 0x8000) | rounded;
}

/** Table lookup is several times faster than arithmetic for 10^8 halves. */
let halfTable: Float32Array | null = null;
const halves = (): Float32Array =>
  (halfTable ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToFloat(bits)));

/**
 * Little-endian values of a file as float32. Floats are rounded to nearest; an integer that float32 cannot hold
 * is an error, for rounding an index would make another index of it.
 * @param bytes - a whole number of values
 * @param key - the tensor's name, for the message
 */
export function widen(bytes: Uint8Array<ArrayBuffer>, dtype: DType, key: string): Float32Array {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const { buffer, byteOffset } = aligned;
  const length = aligned.byteLength / dtypeBytes[dtype];
  switch (dtype) {
    case "F32":
      return new Float32Array(buffer, byteOffset, length);
    case "F64":
      return Float32Array.from(new Float64Array(buffer, byteOffset, length));
    case "F16": {
      const table = halves();
      return mapBits(new Uint16Array(buffer, byteOffset, length), (bits) => table[bits] ?? NaN);
    }
    case "BF16": {
      const words = Uint32Array.from(
        new Uint16Array(buffer, byteOffset, length),
        (bits) => bits << 16,
      );
      return new Float32Array(words.buffer);
    }
    case "BOOL":
      return mapBits(aligned, (byte) => (byte ? 1 : 0));
    case "I64":
      return exactIntegers(new BigInt64Array(buffer, byteOffset, length), key);
    case "I32":
      return exactIntegers(new Int32Array(buffer, byteOffset, length), key);
    case "I16":
      return Float32Array.from(new Int16Array(buffer, byteOffset, length));
    case "I8":
      return Float32Array.from(new Int8Array(buffer, byteOffset, length));
    case "U8":
      return Float32Array.from(aligned);
  }
}

function mapBits(bits: Uint8Array | Uint16Array, value: (bits: number) => number): Float32Array {
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = value(bits[i] ?? 0);
  return out;
}

function exactIntegers(integers: Int32Array | BigInt64Array, key: string): Float32Array {
  const out = new Float32Array(integers.length);
  integers.forEach((integer: number | bigint, i: number) => {
    const value = Math.fround(Number(integer));
    if (BigInt(value) !== BigInt(integer))
      throw new CheckpointError(
        `${key.slice(0, 300)}: expected integers that float32 holds exactly, got ${integer}. Store the tensor as floats.`,
      );
    out[i] = value;
  });
  return out;
}

/** Values as a file stores them, little-endian. F32 keeps every bit. */
export function narrow(values: Float32Array, dtype: WritableDType): Uint8Array {
  if (dtype === "F32") return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const convert = dtype === "F16" ? floatToHalf : floatToBfloat;
  return new Uint8Array(Uint16Array.from(values, convert).buffer);
}
