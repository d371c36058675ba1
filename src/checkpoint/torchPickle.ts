/**
 * What PyTorch puts in a pickle: tensors rebuilt from storages, sizes, dtypes. After torch/_utils.py
 * (_rebuild_tensor_v2, _rebuild_parameter) and torch/_weights_only_unpickler.py, whose allowlist this one is within.
 */
import { CheckpointError } from "../errors";

import { dtypeBytes, widen, type DType } from "./dtypes";
import { CheckpointEntry, checkedVolume, maxRank } from "./entries";
import { PickleFunction, unpickle } from "./pickle";

/** One run of values that several tensors may view. */
export type Storage = { readonly key: string; readonly dtype: DType; readonly length: number };

/** Bytes [begin, end) of a storage. */
export type ReadStorage = (
  storage: Storage,
  begin: number,
  end: number,
) => Promise<Uint8Array<ArrayBuffer>>;

/** A storage's class, which names its dtype. */
class StorageType {
  constructor(readonly dtype: DType) {}
}

/** A storage as a persistent id names it: whole, or (legacy files) a part that starts at `offset`. */
class StoragePart {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly length: number,
  ) {}
}

const storageTypes: [name: string, dtype: DType][] = [
  ["DoubleStorage", "F64"],
  ["FloatStorage", "F32"],
  ["HalfStorage", "F16"],
  ["BFloat16Storage", "BF16"],
  ["LongStorage", "I64"],
  ["IntStorage", "I32"],
  ["ShortStorage", "I16"],
  ["CharStorage", "I8"],
  ["ByteStorage", "U8"],
  ["BoolStorage", "BOOL"],
];

const dtypeNames = "float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool".split(" ");

const fail = (expected: string, got: string): CheckpointError =>
  new CheckpointError(
    `pth: expected ${clip(expected)}, got ${clip(got)}. The file is damaged; download or save it again.`,
  );

/** Names in a file may be of any length. */
const clip = (text: string): string => text.slice(0, 300);

/**
 * What calls may still copy, in values. One text or list may be recalled a hundred thousand times: copies of it would not
 * be bounded by the file that writes it once.
 */
type Copies = { left: number };
const freeCopies = 2 ** 16;

function spend(copies: Copies, values: number): void {
  copies.left -= values;
  if (copies.left < 0) throw fail("values that are used about once", "the same ones many times");
}

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isTuple = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/**
 * Reads a pickle of tensors.
 * @param read - called when a tensor is read, after the pickle
 * @returns plain values with a CheckpointEntry for each tensor, the storages in order of mention, the byte after
 */
export function unpickleTorch(
  bytes: Uint8Array,
  read: ReadStorage,
  begin = 0,
): { value: unknown; storages: Map<string, Storage>; end: number } {
  const storages = new Map<string, Storage>();
  const persistentLoad = (id: unknown): StoragePart => openStorage(id, storages);
  const copies = { left: freeCopies + 2 * bytes.length };
  const result = unpickle(bytes, { globals: torchGlobals(read, copies), persistentLoad }, begin);
  return { ...result, storages };
}

/** @param id - ("storage", type, key, location, length[, view: (key, offset, length) or None]) */
function openStorage(id: unknown, storages: Map<string, Storage>): StoragePart {
  const [kind, type, key, , length, view] = isTuple(id) ? id : [];
  if (
    kind !== "storage" ||
    !(type instanceof StorageType) ||
    typeof key !== "string" ||
    !isCount(length)
  )
    throw fail("a storage id", "another");
  const { dtype } = type;
  const known = storages.get(key);
  if (known && (known.dtype !== dtype || known.length !== length))
    throw fail(
      `storage ${key} to be ${known.length} ${known.dtype}`,
      `${length} ${dtype} elsewhere`,
    );
  const storage = known ?? { key, dtype, length };
  storages.set(key, storage);
  if (!isTuple(view)) return new StoragePart(storage, 0, length);
  const [, offset, viewLength] = view;
  if (!isCount(offset) || !isCount(viewLength) || offset + viewLength > length)
    throw fail(`a view within the ${length} values of storage ${key}`, "one beyond");
  return new StoragePart(storage, offset, viewLength);
}

function torchGlobals(read: ReadStorage, copies: Copies): ReadonlyMap<string, unknown> {
  const functions = [
    new PickleFunction("collections.OrderedDict", (args) => orderedDict(args, copies)),
    new PickleFunction("_codecs.encode", (args) => latin1Bytes(args, copies)),
    new PickleFunction("torch.Size", ([items]) => sizes(items, "torch.Size")),
    new PickleFunction("torch.device", device),
    new PickleFunction("torch._utils._rebuild_tensor", (args) => rebuildTensor(args, read)),
    new PickleFunction("torch._utils._rebuild_tensor_v2", (args) => rebuildTensor(args, read)),
    new PickleFunction("torch._utils._rebuild_parameter", ([tensor]) => sameTensor(tensor)),
    new PickleFunction("torch._utils._rebuild_parameter_with_state", ([tensor]) =>
      sameTensor(tensor),
    ),
  ];
  return new Map<string, unknown>([
    ...functions.map((f): [string, unknown] => [f.name, f]),
    ...storageTypes.flatMap(([name, dtype]): [string, unknown][] => [
      [`torch.${name}`, new StorageType(dtype)],
      [`torch.cuda.${name}`, new StorageType(dtype)],
    ]),
    ...dtypeNames.map((name): [string, unknown] => [`torch.${name}`, `torch.${name}`]),
  ]);
}

/** @param args - (type,) or (type, index) @returns as "cuda:0" */
function device(args: readonly unknown[]): string {
  const [type, index = ""] = args;
  if (typeof type !== "string" || !(index === "" || isCount(index)))
    throw fail("a device's type and number", "others");
  return clip(index === "" ? type : `${type}:${index}`);
}

/** @param args - () or (pairs,) */
function orderedDict([pairs = []]: readonly unknown[], copies: Copies): Map<unknown, unknown> {
  if (!Array.isArray(pairs)) throw fail("pairs for an OrderedDict", typeof pairs);
  spend(copies, pairs.length);
  const dict = new Map<unknown, unknown>();
  for (const pair of pairs as unknown[]) {
    if (!isTuple(pair) || pair.length !== 2) throw fail("pairs for an OrderedDict", "others");
    dict.set(pair[0], pair[1]);
  }
  return dict;
}

/** How protocol 2 writes bytes: as text of the same code points. @param args - (text, "latin1") */
function latin1Bytes([text, encoding]: readonly unknown[], copies: Copies): Uint8Array {
  if (typeof text !== "string" || encoding !== "latin1") throw fail("Latin-1 bytes", "others");
  spend(copies, text.length);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i); // from() is twenty times slower
  return bytes;
}

function sameTensor(tensor: unknown): CheckpointEntry {
  if (tensor instanceof CheckpointEntry) return tensor;
  throw fail("a tensor for a Parameter", typeof tensor);
}

/** A copy: what was checked must not change when the pickle goes on. */
function sizes(value: unknown, what: string): readonly number[] {
  if (!isTuple(value) || value.length > maxRank || !value.every(isCount))
    throw fail(`at most ${maxRank} non-negative integers as ${what}`, "others");
  return Object.freeze([...value]);
}

/** @param args - (storage, offset, shape, strides, requires_grad, hooks, ...) */
function rebuildTensor(args: readonly unknown[], read: ReadStorage): CheckpointEntry {
  const [part, offset] = args;
  if (!(part instanceof StoragePart) || !isCount(offset))
    throw fail("a storage and an offset for a tensor", "others");
  const shape = sizes(args[2], "a tensor's shape");
  const strides = sizes(args[3], "a tensor's strides");
  const volume = checkedVolume(shape);
  if (volume === null || strides.length !== shape.length)
    throw fail("a shape of at most 2^28 values, with as many strides", `[${shape}], [${strides}]`);
  const span = volume
    ? shape.reduce((sum, length, axis) => sum + (length - 1) * (strides[axis] ?? 0), 1)
    : 0;
  if (offset + span > part.length)
    throw fail(
      `a tensor within the ${part.length} values of storage ${part.storage.key}`,
      `[${shape}] with strides [${strides}] from ${offset}`,
    );
  const { storage } = part;
  const begin = (part.offset + offset) * dtypeBytes[storage.dtype];
  const end = begin + span * dtypeBytes[storage.dtype];
  return new CheckpointEntry(storage.dtype, shape, async () => {
    if (!volume) return new Float32Array(0);
    const values = widen(await read(storage, begin, end), storage.dtype, `storage ${storage.key}`);
    return isContiguous(shape, strides) ? values : gather(values, shape, strides, volume);
  });
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false; // any stride will do for one value
    expected *= shape[axis] ?? 1;
  }
  return true;
}

/** Values of a strided view, row-major. */
function gather(
  values: Float32Array,
  shape: readonly number[],
  strides: readonly number[],
  volume: number,
): Float32Array {
  const out = new Float32Array(volume);
  for (let i = 0; i < volume; i++) {
    let rest = i;
    let source = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis] ?? 1;
      source += (rest % length) * (strides[axis] ?? 0);
      rest = Math.floor(rest / length);
    }
    out[i] = values[source] ?? NaN; // in range: the span was checked
  }
  return out;
}
