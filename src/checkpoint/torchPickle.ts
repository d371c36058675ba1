/**
 * What PyTorch puts in a pickle: tensors rebuilt from storages, sizes, dtypes. After torch/_utils.py
 * (_rebuild_tensor_v2, _rebuild_parameter) and torch/_weights_only_unpickler.py, whose allowlist this one is within.
 */
import { CheckpointError } from "../errors";

import { dtypeBytes, widen, type DType } from "./dtypes";
import { CheckpointEntry, checkedVolume } from "./entries";
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
    `pth: expected ${expected}, got ${got}. The file is damaged; download or save it again.`,
  );

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
  const result = unpickle(bytes, { globals: torchGlobals(read), persistentLoad }, begin);
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

function torchGlobals(read: ReadStorage): ReadonlyMap<string, unknown> {
  const functions = [
    new PickleFunction("collections.OrderedDict", orderedDict),
    new PickleFunction("_codecs.encode", latin1Bytes),
    new PickleFunction("torch.Size", ([items]) => sizes(items, "torch.Size")),
    new PickleFunction("torch.device", (args) => args.map(String).join(":")),
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

/** @param args - () or (pairs,) */
function orderedDict([pairs = []]: readonly unknown[]): Map<unknown, unknown> {
  if (!Array.isArray(pairs)) throw fail("pairs for an OrderedDict", typeof pairs);
  const dict = new Map<unknown, unknown>();
  for (const pair of pairs as unknown[]) {
    if (!isTuple(pair) || pair.length !== 2) throw fail("pairs for an OrderedDict", "others");
    dict.set(pair[0], pair[1]);
  }
  return dict;
}

/** How protocol 2 writes bytes: as text of the same code points. @param args - (text, "latin1") */
function latin1Bytes([text, encoding]: readonly unknown[]): Uint8Array {
  if (typeof text !== "string" || encoding !== "latin1") throw fail("Latin-1 bytes", "others");
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function sameTensor(tensor: unknown): CheckpointEntry {
  if (tensor instanceof CheckpointEntry) return tensor;
  throw fail("a tensor for a Parameter", typeof tensor);
}

/** A copy: what was checked must not change when the pickle goes on. */
function sizes(value: unknown, what: string): readonly number[] {
  if (!isTuple(value) || !value.every(isCount))
    throw fail(`non-negative integers as ${what}`, "others");
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
