/**
 * Weights as `torch.save({"state_dict": OrderedDict(...)})` of PyTorch 2 writes them, for torch.load to read
 * (weights_only too). After torch/serialization.py (_save) and torch/_tensor.py (__reduce_ex__).
 *
 * Differs from torch.save: there is no `.data/serialization_id`, a number for its usage log that readers do without.
 */
import { dtypeBytes, narrow, type WritableDType } from "./dtypes";
import { checkedVolume } from "./entries";
import { pickle, type PickleCall, type PickleName, type PickleValue } from "./pickleWriter";
import { zipStored, type StoredFile } from "./pthWriterZip";
import type { WritableTensor } from "./safetensors";

/** A tensor to be written: weights as exportParams gives them, or a buffer of 64-bit integers. */
export type PthTensor =
  WritableTensor | { key: string; shape: readonly number[]; values: BigInt64Array; dtype: "I64" };

const storageNames: Readonly<Record<WritableDType | "I64", string>> = {
  F32: "FloatStorage",
  F16: "HalfStorage",
  BF16: "BFloat16Storage",
  I64: "LongStorage",
};

const named = (module: string, name: string): PickleName => ({ kind: "name", module, name });
const orderedDict = (items: ReadonlyMap<string, PickleValue>): PickleCall => ({
  kind: "call",
  callee: named("collections", "OrderedDict"),
  args: [],
  items,
});

/**
 * The bytes of a .pth file: a dict whose `state_dict` holds the tensors, in their order. The same tensors give the
 * same bytes.
 * @param beside - what else the dict holds, by name
 * @throws InputError when the file would reach 4 GiB
 */
export function writePth(
  tensors: Iterable<PthTensor>,
  beside: ReadonlyMap<string, PickleValue> = new Map(),
): Blob {
  const written = [...tensors];
  const state = new Map<string, PickleValue>();
  for (const [index, tensor] of written.entries()) {
    const { key, shape, values } = tensor;
    if (checkedVolume(shape) !== values.length || state.has(key))
      throw new Error(
        `writePth: ${key} is [${shape.join(", ")}] with ${values.length} values, or comes twice.`,
      );
    state.set(key, rebuildTensor(tensor, `${index}`));
  }
  return zipStored([
    constantFile("data.pkl", pickle(new Map([["state_dict", orderedDict(state)], ...beside]))),
    constantFile(".format_version", "1"), // storages in numeric order
    constantFile(".storage_alignment", "64"),
    constantFile("byteorder", "little"),
    ...written.map(storageFile),
    constantFile("version", "3\n"),
  ]);
}

/** @param storageKey - names the file under data/ that holds the values */
function rebuildTensor({ shape, values, dtype }: PthTensor, storageKey: string): PickleCall {
  const type = named("torch", storageNames[dtype]);
  const id = ["storage", type, storageKey, "cpu", values.length];
  const offset = 0;
  const requiresGrad = false;
  const hooks = orderedDict(new Map());
  return {
    kind: "call",
    callee: named("torch._utils", "_rebuild_tensor_v2"),
    args: [{ kind: "persistent", id }, offset, shape, stridesOf(shape), requiresGrad, hooks],
  };
}

/** Of a contiguous tensor, in values; an empty axis counts as one, as in PyTorch. */
const stridesOf = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((step, n) => step * Math.max(n, 1), 1));

/** The folder is the one that torch.save takes when it does not know the file's name. */
const file = (name: string, size: number, read: () => Uint8Array): StoredFile => ({
  name: `archive/${name}`,
  size,
  read,
});

function constantFile(name: string, content: string | Uint8Array): StoredFile {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return file(name, bytes.length, () => bytes);
}

const storageFile = (tensor: PthTensor, index: number): StoredFile =>
  file(`data/${index}`, tensor.values.length * dtypeBytes[tensor.dtype], () =>
    tensor.dtype === "I64"
      ? new Uint8Array(tensor.values.buffer, tensor.values.byteOffset, tensor.values.byteLength)
      : narrow(tensor.values, tensor.dtype),
  );
