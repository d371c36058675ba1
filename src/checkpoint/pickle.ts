/**
 * A pickle reader that executes nothing: a stack machine over plain values.
 *
 * Opcodes after CPython's Lib/pickletools.py, protocols 2 to 5. The only names a file may mention are those of an
 * allowlist given by the caller, and the only functions called are the caller's own; everything else is refused.
 * Dicts become Maps (no key can reach a prototype), lists arrays, tuples frozen arrays.
 */
import { CheckpointError } from "../errors";

import { assertModestTree } from "./pickleTree";

/** What a name of the allowlist stands for when it may be called. `call` checks its arguments. */
export class PickleFunction {
  constructor(
    readonly name: string,
    readonly call: (args: readonly unknown[]) => unknown,
  ) {}
}

/** `globals`: "module.name" to a PickleFunction or to the value itself. `persistentLoad`: resolves storage ids. */
export type PickleOptions = {
  globals: ReadonlyMap<string, unknown>;
  persistentLoad: (id: unknown) => unknown;
};

/** Limits far above any real checkpoint (977 tensors with optimizer state take about 120,000 opcodes). */
const maxOpcodes = 1_000_000;
const maxTextBytes = 16 * 2 ** 20;
const maxIntegerBytes = 1024;
const maxNameBytes = 256;

type Machine = {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
  readonly stack: unknown[];
  readonly marks: number[];
  readonly memo: Map<number, unknown>;
  readonly options: PickleOptions;
};

/**
 * Reads the pickle that starts at byte `begin`.
 * @returns its value, and the byte after it
 */
export function unpickle(
  bytes: Uint8Array,
  options: PickleOptions,
  begin = 0,
): { value: unknown; end: number } {
  const m: Machine = {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    at: begin,
    stack: [],
    marks: [],
    memo: new Map(),
    options,
  };
  for (let count = 0; count < maxOpcodes; count++) {
    const opcode = u8(m);
    if (opcode === 0x2e) {
      const value = pop(m); // STOP
      assertModestTree(value);
      return { value, end: m.at };
    }
    const operation = operations.get(opcode);
    if (!operation)
      throw fail(m, "an opcode of protocol 2 to 5", `0x${opcode.toString(16).padStart(2, "0")}`);
    operation(m);
  }
  throw fail(m, `at most ${maxOpcodes} opcodes`, "more");
}

const fail = (m: Machine, expected: string, got: string): CheckpointError =>
  new CheckpointError(
    `pickle: expected ${expected}, got ${got} before byte ${m.at}. The file is damaged or not a checkpoint.`,
  );

/** The next `length` bytes, not copied. */
function take(m: Machine, length: number): Uint8Array {
  if (!(length <= m.bytes.length - m.at))
    throw fail(m, `${length} more bytes`, `${m.bytes.length - m.at}`);
  m.at += length;
  return m.bytes.subarray(m.at - length, m.at);
}

function u8(m: Machine): number {
  const byte = m.bytes[m.at];
  if (byte === undefined) throw fail(m, "1 more byte", "0");
  m.at++;
  return byte;
}
const u16 = (m: Machine): number => (take(m, 2), m.view.getUint16(m.at - 2, true));
const u32 = (m: Machine): number => (take(m, 4), m.view.getUint32(m.at - 4, true));
const u64 = (m: Machine): number => (take(m, 8), Number(m.view.getBigUint64(m.at - 8, true)));

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder("latin1");

function text(m: Machine, length: number, decoder = utf8): string {
  if (length > maxTextBytes) throw fail(m, `text of at most ${maxTextBytes} bytes`, `${length}`);
  const bytes = take(m, length);
  try {
    return decoder.decode(bytes);
  } catch {
    throw fail(m, "UTF-8 text", "other bytes");
  }
}

/** A little-endian two's complement integer of any length; a number where that is exact. */
function integer(m: Machine, length: number): number | bigint {
  if (length > maxIntegerBytes)
    throw fail(m, `an integer of at most ${maxIntegerBytes} bytes`, `${length}`);
  const digits = [...take(m, length)].reverse().map((byte) => byte.toString(16).padStart(2, "0"));
  if (!length) return 0;
  const value = BigInt.asIntN(8 * length, BigInt(`0x${digits.join("")}`));
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : value;
}

function line(m: Machine): string {
  const end = m.bytes.indexOf(0x0a, m.at);
  if (end < 0 || end - m.at > maxNameBytes) throw fail(m, "a name that ends", "none");
  const name = text(m, end - m.at);
  m.at = end + 1;
  return name;
}

const push = (m: Machine, value: unknown): number => m.stack.push(value);

/** The stack above the last mark belongs to the mark: nothing below it can be popped. */
const floor = (m: Machine): number => m.marks.at(-1) ?? 0;

function pop(m: Machine): unknown {
  if (m.stack.length <= floor(m)) throw fail(m, "a value on the stack", "none");
  return m.stack.pop();
}

function top(m: Machine): unknown {
  if (m.stack.length <= floor(m)) throw fail(m, "a value on the stack", "none");
  return m.stack.at(-1);
}

function popToMark(m: Machine): unknown[] {
  const mark = m.marks.pop();
  if (mark === undefined) throw fail(m, "a mark", "none");
  return m.stack.splice(mark);
}

function popMany(m: Machine, count: number): unknown[] {
  if (m.stack.length - count < floor(m)) throw fail(m, `${count} values on the stack`, "fewer");
  return m.stack.splice(m.stack.length - count);
}

function recall(m: Machine, index: number): void {
  if (!m.memo.has(index)) throw fail(m, "a memo that was written", `number ${index}`);
  push(m, m.memo.get(index));
}

const memoize = (m: Machine, index: number): unknown => m.memo.set(index, top(m));

const isTuple = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && Object.isFrozen(value);

function append(m: Machine, items: unknown[]): void {
  const list = top(m);
  if (!Array.isArray(list) || Object.isFrozen(list)) throw fail(m, "a list", kindOf(list));
  for (const item of items) list.push(item);
}

function setItems(m: Machine, items: unknown[]): void {
  const dict = top(m);
  if (!(dict instanceof Map) || items.length % 2) throw fail(m, "a dict", kindOf(dict));
  for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
}

function addItems(m: Machine, items: unknown[]): void {
  const set = top(m);
  if (!(set instanceof Set)) throw fail(m, "a set", kindOf(set));
  for (const item of items) set.add(item);
}

function dictOf(m: Machine, items: unknown[]): void {
  push(m, new Map());
  setItems(m, items);
}

function findGlobal(m: Machine, module: unknown, name: unknown): void {
  if (typeof module !== "string" || typeof name !== "string")
    throw fail(m, "a name as text", kindOf(typeof module === "string" ? name : module));
  const path = `${module}.${name}`;
  const { globals } = m.options;
  if (!globals.has(path))
    throw new CheckpointError(
      `pickle: expected tensors and plain values, got the name ${path.slice(0, maxNameBytes)}. Code in a checkpoint ` +
        "is never run here: save the state_dict alone, or convert it to safetensors on a machine that trusts it.",
    );
  push(m, globals.get(path));
}

/** REDUCE and NEWOBJ: calls a function of the allowlist. */
function callGlobal(m: Machine): void {
  const args = pop(m);
  const callee = pop(m);
  if (!(callee instanceof PickleFunction)) throw fail(m, "a function to call", kindOf(callee));
  if (!isTuple(args)) throw fail(m, `a tuple of arguments for ${callee.name}`, kindOf(args));
  push(m, callee.call(args));
}

/** BUILD: the attributes of an OrderedDict (`_metadata`: module versions) are not needed; nothing else has any. */
function build(m: Machine): void {
  pop(m);
  if (!(top(m) instanceof Map)) throw fail(m, "attributes of a dict", kindOf(top(m)));
}

const kindOf = (value: unknown): string => {
  if (isTuple(value)) return "a tuple";
  if (Array.isArray(value)) return "a list";
  if (value instanceof PickleFunction) return value.name;
  return value === null ? "None" : `a ${(value as object).constructor.name}`; // no null-prototype objects here
};

const bytesOf = (m: Machine, length: number): number => push(m, Uint8Array.from(take(m, length)));
const tuple = (items: unknown[]): readonly unknown[] => Object.freeze(items);

/** PROTO and FRAME carry nothing this machine needs but their version. */
function protocol(m: Machine): void {
  const version = u8(m);
  if (version < 2 || version > 5) throw fail(m, "pickle protocol 2 to 5", `${version}`);
}

const operations = new Map<number, (m: Machine) => unknown>([
  [0x80, protocol], // PROTO
  [0x95, (m) => u64(m)], // FRAME
  [0x4e, (m) => push(m, null)], // NONE
  [0x88, (m) => push(m, true)], // NEWTRUE
  [0x89, (m) => push(m, false)], // NEWFALSE
  [0x4a, (m) => push(m, u32(m) | 0)], // BININT
  [0x4b, (m) => push(m, u8(m))], // BININT1
  [0x4d, (m) => push(m, u16(m))], // BININT2
  [0x8a, (m) => push(m, integer(m, u8(m)))], // LONG1
  [0x8b, (m) => push(m, integer(m, u32(m)))], // LONG4
  [0x47, (m) => (take(m, 8), push(m, m.view.getFloat64(m.at - 8, false)))], // BINFLOAT, big-endian
  [0x58, (m) => push(m, text(m, u32(m)))], // BINUNICODE
  [0x8c, (m) => push(m, text(m, u8(m)))], // SHORT_BINUNICODE
  [0x8d, (m) => push(m, text(m, u64(m)))], // BINUNICODE8
  [0x54, (m) => push(m, text(m, u32(m), latin1))], // BINSTRING, Python 2
  [0x55, (m) => push(m, text(m, u8(m), latin1))], // SHORT_BINSTRING, Python 2
  [0x42, (m) => bytesOf(m, u32(m))], // BINBYTES
  [0x43, (m) => bytesOf(m, u8(m))], // SHORT_BINBYTES
  [0x8e, (m) => bytesOf(m, u64(m))], // BINBYTES8
  [0x96, (m) => bytesOf(m, u64(m))], // BYTEARRAY8
  [0x5d, (m) => push(m, [])], // EMPTY_LIST
  [0x61, (m) => append(m, [pop(m)])], // APPEND
  [0x65, (m) => append(m, popToMark(m))], // APPENDS
  [0x6c, (m) => push(m, popToMark(m))], // LIST
  [0x29, (m) => push(m, tuple([]))], // EMPTY_TUPLE
  [0x74, (m) => push(m, tuple(popToMark(m)))], // TUPLE
  [0x85, (m) => push(m, tuple(popMany(m, 1)))], // TUPLE1
  [0x86, (m) => push(m, tuple(popMany(m, 2)))], // TUPLE2
  [0x87, (m) => push(m, tuple(popMany(m, 3)))], // TUPLE3
  [0x7d, (m) => push(m, new Map())], // EMPTY_DICT
  [0x64, (m) => dictOf(m, popToMark(m))], // DICT
  [0x73, (m) => setItems(m, popMany(m, 2))], // SETITEM
  [0x75, (m) => setItems(m, popToMark(m))], // SETITEMS
  [0x8f, (m) => push(m, new Set())], // EMPTY_SET
  [0x90, (m) => addItems(m, popToMark(m))], // ADDITEMS
  [0x91, (m) => push(m, new Set(popToMark(m)))], // FROZENSET
  [0x28, (m) => m.marks.push(m.stack.length)], // MARK
  [0x30, pop], // POP
  [0x31, popToMark], // POP_MARK
  [0x32, (m) => push(m, top(m))], // DUP
  [0x68, (m) => recall(m, u8(m))], // BINGET
  [0x6a, (m) => recall(m, u32(m))], // LONG_BINGET
  [0x71, (m) => memoize(m, u8(m))], // BINPUT
  [0x72, (m) => memoize(m, u32(m))], // LONG_BINPUT
  [0x94, (m) => memoize(m, m.memo.size)], // MEMOIZE
  [0x63, (m) => findGlobal(m, line(m), line(m))], // GLOBAL
  [0x93, (m) => findGlobal(m, ...(popMany(m, 2) as [unknown, unknown]))], // STACK_GLOBAL
  [0x52, callGlobal], // REDUCE
  [0x81, callGlobal], // NEWOBJ
  [0x62, build], // BUILD
  [0x51, (m) => push(m, m.options.persistentLoad(pop(m)))], // BINPERSID
]);
