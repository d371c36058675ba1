/**
 * A pickle writer for plain values, protocol 2: the bytes that CPython's pickler gives for them, as torch.save uses it.
 *
 * Opcodes after CPython's Lib/pickletools.py; memo and batches of dict items after Modules/_pickle.c (save,
 * batch_dict). Differs from CPython: objects are compared by value, and only text and names are shared.
 */

/** A class or function by its name in Python, which this writer only spells out. */
export type PickleName = { kind: "name"; module: string; name: string };
/** What calling a name gives; `items` are then set on the result as on a dict. */
export type PickleCall = {
  kind: "call";
  callee: PickleName;
  args: readonly PickleValue[];
  items?: ReadonlyMap<string, PickleValue>;
};
/** An object kept outside the pickle, known to the reader by this id. */
export type PicklePersistent = { kind: "persistent"; id: PickleValue };
/** A number that Python reads as a float, whole or not. */
export type PickleFloat = { kind: "float"; value: number };

/** Numbers are integers, arrays are tuples, Maps are dicts, null is None. A value that occurs twice is written twice. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | readonly PickleValue[]
  | ReadonlyMap<string, PickleValue>
  | PickleName
  | PickleCall
  | PicklePersistent
  | PickleFloat;

/** `memo`: the numbers under which text and names were memoized; `memoSize` counts every memoized value. */
type Writer = { bytes: number[]; memo: Map<string, number>; memoSize: number };

/** Items that one SETITEMS sets at most, in CPython. */
const batchSize = 1000;

/** @returns the value as a whole pickle, from PROTO to STOP */
export function pickle(value: PickleValue): Uint8Array<ArrayBuffer> {
  const w: Writer = { bytes: [0x80, 2], memo: new Map(), memoSize: 0 }; // PROTO 2
  write(w, value);
  emit(w, 0x2e); // STOP
  return Uint8Array.from(w.bytes);
}

function write(w: Writer, value: PickleValue): void {
  if (value === null) return emit(w, 0x4e); // NONE
  if (typeof value === "boolean") return emit(w, value ? 0x88 : 0x89); // NEWTRUE, NEWFALSE
  if (typeof value === "number") return emit(w, ...integer(value));
  if (typeof value === "string") return shared(w, `t${value}`, () => text(value));
  if (value instanceof Map) return writeDict(w, value as ReadonlyMap<string, PickleValue>);
  if (isTuple(value)) return writeTuple(w, value);
  if (!("kind" in value)) throw new Error("pickle: expected plain values, got another Map.");
  if (value.kind === "name") return writeName(w, value);
  if (value.kind === "call") return writeCall(w, value);
  if (value.kind === "float") return emit(w, 0x47, ...bigEndianFloat(value.value)); // BINFLOAT
  write(w, value.id);
  emit(w, 0x51); // BINPERSID
}

const isTuple = (value: PickleValue): value is readonly PickleValue[] => Array.isArray(value);

function emit(w: Writer, ...bytes: number[]): void {
  for (const byte of bytes) w.bytes.push(byte);
}

/** Appends the `length` low bytes of a two's complement integer. */
const littleEndian = (value: number, length: number): number[] =>
  Array.from({ length }, (_, i) => Math.floor(value / 256 ** i) & 0xff);

function bigEndianFloat(value: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, value);
  return new Uint8Array(bytes.buffer);
}

/** The shortest opcode for an integer: BININT1, BININT2, BININT, LONG1. */
function integer(value: number): number[] {
  if (!Number.isSafeInteger(value))
    throw new Error(`pickle: expected an integer of at most 53 bits, got ${value}.`);
  if (value >= 0 && value < 2 ** 8) return [0x4b, value];
  if (value >= 0 && value < 2 ** 16) return [0x4d, ...littleEndian(value, 2)];
  if (value >= -(2 ** 31) && value < 2 ** 31) return [0x4a, ...littleEndian(value, 4)];
  let length = 5; // the sign takes a bit
  while (value < -(2 ** (8 * length - 1)) || value >= 2 ** (8 * length - 1)) length++;
  return [0x8a, length, ...littleEndian(value, length)];
}

/** BINUNICODE. */
function text(value: string): number[] {
  if (/\p{Surrogate}/u.test(value))
    throw new Error(`pickle: expected Unicode text, got half a surrogate pair in ${value}.`);
  const utf8 = new TextEncoder().encode(value);
  return [0x58, ...littleEndian(utf8.length, 4), ...utf8];
}

/** BINPUT or LONG_BINPUT. @returns the number of the value now on the stack */
function memoize(w: Writer): number {
  const index = w.memoSize++;
  emit(w, ...(index < 256 ? [0x71, index] : [0x72, ...littleEndian(index, 4)]));
  return index;
}

/** Writes a value once; from then on BINGET or LONG_BINGET. */
function shared(w: Writer, key: string, encode: () => number[]): void {
  const index = w.memo.get(key);
  if (index !== undefined)
    return emit(w, ...(index < 256 ? [0x68, index] : [0x6a, ...littleEndian(index, 4)]));
  emit(w, ...encode());
  w.memo.set(key, memoize(w));
}

function writeName(w: Writer, { module, name }: PickleName): void {
  const line = `${module}\n${name}\n`;
  shared(w, `n${line}`, () => [0x63, ...new TextEncoder().encode(line)]); // GLOBAL
}

function writeTuple(w: Writer, items: readonly PickleValue[]): void {
  if (!items.length) return emit(w, 0x29); // EMPTY_TUPLE
  if (items.length > 3) emit(w, 0x28); // MARK
  for (const item of items) write(w, item);
  emit(w, [0x85, 0x86, 0x87][items.length - 1] ?? 0x74); // TUPLE1 to TUPLE3, TUPLE
  memoize(w);
}

function writeDict(w: Writer, items: ReadonlyMap<string, PickleValue>): void {
  emit(w, 0x7d); // EMPTY_DICT
  memoize(w);
  writeItems(w, items);
}

function writeCall(w: Writer, { callee, args, items }: PickleCall): void {
  write(w, callee);
  write(w, args);
  emit(w, 0x52); // REDUCE
  memoize(w);
  if (items) writeItems(w, items);
}

function writeItems(w: Writer, items: ReadonlyMap<string, PickleValue>): void {
  const pairs = [...items];
  for (let begin = 0; begin < pairs.length; begin += batchSize) {
    const batch = pairs.slice(begin, begin + batchSize);
    if (batch.length > 1) emit(w, 0x28); // MARK
    for (const [key, value] of batch) {
      write(w, key);
      write(w, value);
    }
    emit(w, batch.length > 1 ? 0x75 : 0x73); // SETITEMS, SETITEM
  }
}
