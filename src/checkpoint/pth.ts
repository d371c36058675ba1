/**
 * PyTorch's torch.save files: the zip of today (`<name>/data.pkl`, `<name>/data/<key>`) and the stream of pickles
 * before 1.6. After torch/serialization.py (_load, _legacy_load); nothing in a file is ever run.
 *
 * The authors' trainer (nerv) wraps weights as {state_dict, opt_state_dict, it, epoch, ...}; weights-only files are
 * the bare state_dict.
 */
import { CheckpointError } from "../errors";

import { dtypeBytes } from "./dtypes";
import { CheckpointEntry, readBytes, type CheckpointEntries } from "./entries";
import { unpickle } from "./pickle";
import { unpickleTorch, type ReadStorage, type Storage } from "./torchPickle";
import { openZip, type ZipEntry } from "./zipEntries";

/**
 * `entries`: the tensors of the state_dict. `other`: whatever else the file holds, as plain values (dicts are Maps,
 * tensors CheckpointEntries).
 */
export type Pth = { entries: CheckpointEntries; other: Map<string, unknown> };

const where = "pth";
/** Of an official file with optimizer state about 1 MiB. */
const maxPickleBytes = 64 * 2 ** 20;
const legacyMagic = 0x1950a86a20f9469cfc6cn;
const legacyProtocol = 1001;
/** How the first pickle of a legacy file starts: protocol 2, LONG1 of ten bytes, the magic number. */
const legacyHead = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46];

const fail = (expected: string, got: string): CheckpointError =>
  new CheckpointError(
    `${where}: expected ${expected.slice(0, 300)}, got ${got.slice(0, 600)}. Is it a file that torch.save wrote, and whole?`,
  );

/** A value in words: text of a file may be long, and lists within lists longer than any text. */
const shown = (value: unknown): string =>
  typeof value === "object" && value !== null ? "a list or dict" : String(value).slice(0, 100);

/** Whether the first bytes of a file are those of a zip. */
export const isZip = (head: Uint8Array): boolean =>
  [0x50, 0x4b, 0x03, 0x04].every((byte, i) => head[i] === byte);

/** Whether the first bytes of a file are those of torch.save before 1.6. */
export const isLegacyPth = (head: Uint8Array): boolean =>
  legacyHead.every((byte, i) => head[i] === byte);

/** Reads a .pth file's pickle and checks that its tensors are there; their values are read when an entry is. */
export async function openPth(source: Blob): Promise<Pth> {
  const head = await readBytes(source, 0, Math.min(16, source.size), where);
  if (isZip(head)) return selectState(await openZipPth(source));
  if (isLegacyPth(head)) return selectState(await openLegacyPth(source));
  throw fail("a zip or a PyTorch pickle", "other bytes");
}

async function openZipPth(source: Blob): Promise<unknown> {
  const files = await openZip(source);
  const pickles = [...files.keys()].filter((name) => /^([^/]+\/)?data\.pkl$/.test(name));
  const name = pickles[0];
  if (name === undefined || pickles.length > 1)
    throw fail("a zip with one data.pkl", `${pickles.length} in ${files.size} files`);
  const folder = name.slice(0, -"data.pkl".length);
  await checkByteOrder(files.get(`${folder}byteorder`));
  const pickle = files.get(name);
  if (!pickle || pickle.size > maxPickleBytes)
    throw fail(`a data.pkl of at most ${maxPickleBytes} bytes`, `${pickle?.size}`);
  const fileOf = (storage: Storage): ZipEntry => {
    const file = files.get(`${folder}data/${storage.key}`);
    const size = storage.length * dtypeBytes[storage.dtype];
    if (file?.size !== size)
      throw fail(`${size} bytes in data/${storage.key}`, file ? `${file.size}` : "no such file");
    return file;
  };
  const read: ReadStorage = (storage, begin, end) => fileOf(storage).read(begin, end);
  const { value, storages } = unpickleTorch(await pickle.read(), read);
  for (const storage of storages.values()) fileOf(storage);
  return value;
}

async function checkByteOrder(file: ZipEntry | undefined): Promise<void> {
  if (!file) return; // before 2.1 none is written, and files are little-endian
  const order = new TextDecoder().decode(await file.read(0, Math.min(file.size, 16)));
  if (order !== "little") throw fail("little-endian tensors", order);
}

/** Pickles of magic, protocol, system, object and storage keys; then for each key its length and bytes. */
async function openLegacyPth(source: Blob): Promise<unknown> {
  const bytes = await readBytes(source, 0, Math.min(source.size, maxPickleBytes), where);
  const starts = new Map<string, number>();
  const read: ReadStorage = ({ key }, begin, end) => {
    const start = starts.get(key) ?? NaN; // every storage has one: checked below
    return readBytes(source, start + begin, start + end, `storage ${key}`);
  };
  const { value, storages, end } = unpickleTorch(bytes, read, skipLegacyHeader(bytes));
  const keys = unpickle(bytes, plainOnly, end);
  if (!Array.isArray(keys.value)) throw fail("a list of storage keys", typeof keys.value);
  let at = keys.end;
  for (const key of keys.value as unknown[]) {
    const storage = typeof key === "string" ? storages.get(key) : undefined;
    if (!storage || starts.has(storage.key)) throw fail("each storage key once", shown(key));
    const header = new DataView(
      (await readBytes(source, at, at + 8, `storage ${storage.key}`)).buffer,
    );
    const length = header.getBigInt64(0, true);
    if (length !== BigInt(storage.length))
      throw fail(`${storage.length} values in storage ${storage.key}`, `${length}`);
    starts.set(storage.key, at + 8);
    at += 8 + storage.length * dtypeBytes[storage.dtype];
  }
  const missing = [...storages.keys()].find((key) => !starts.has(key));
  if (missing !== undefined) throw fail(`storage ${missing}`, "none");
  if (at > source.size) throw fail(`${at} bytes`, `${source.size}`);
  return value;
}

const plainOnly = {
  globals: new Map<string, unknown>(),
  persistentLoad: (): never => {
    throw fail("plain values before the tensors", "a storage");
  },
};

/** @returns the byte after the three pickles that come before the object */
function skipLegacyHeader(bytes: Uint8Array): number {
  const magic = unpickle(bytes, plainOnly);
  if (magic.value !== legacyMagic) throw fail("PyTorch's magic number", shown(magic.value));
  const protocol = unpickle(bytes, plainOnly, magic.end);
  if (protocol.value !== legacyProtocol)
    throw fail(`legacy protocol ${legacyProtocol}`, shown(protocol.value));
  const system = unpickle(bytes, plainOnly, protocol.end);
  if (!(system.value instanceof Map) || system.value.get("little_endian") !== true)
    throw fail("little-endian tensors", "others");
  return system.end;
}

/** Takes `state_dict` where the key exists, else the whole dict; drops DataParallel's `module.` before keys. */
function selectState(root: unknown): Pth {
  if (!(root instanceof Map))
    throw fail("a state_dict", root instanceof CheckpointEntry ? "one tensor" : typeof root);
  const wrapped: unknown = root.get("state_dict");
  const state: Map<unknown, unknown> = wrapped instanceof Map ? wrapped : root;
  const entries: CheckpointEntries = new Map();
  const other = new Map<string, unknown>();
  for (const [name, value] of state) {
    if (!(value instanceof CheckpointEntry) || typeof name !== "string") {
      other.set(typeof name === "string" ? name : shown(name), value);
      continue;
    }
    const key = name.replace(/^module\./, "");
    if (entries.has(key)) throw fail(`${key} once`, "it with and without module.");
    entries.set(key, value);
  }
  if (state !== root)
    for (const [name, value] of root)
      if (name !== "state_dict") other.set(typeof name === "string" ? name : shown(name), value);
  if (!entries.size)
    throw fail(
      "a state_dict of tensors",
      `none among ${[...other.keys()].slice(0, 12).map(shown).join(", ")}`,
    );
  return { entries, other };
}
