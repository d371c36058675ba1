/**
 * For tests: reads a .pth as PyTorch's weights_only unpickler does, in few lines. It shares no code with src/checkpoint, so
 * that what checks the writer is not the writer.
 */
type Zip = Map<string, Buffer>;

/** A storage in the zip, and a tensor that views it. */
type StorageId = { type: string; key: string; length: number };
export type ReadTensor = {
  storage: StorageId;
  offset: number;
  shape: number[];
  strides: number[];
  bytes: Buffer;
};

/** Files of a stored zip, by its central directory. */
function readZip(zip: Buffer): Zip {
  const end = zip.length - 22;
  const files: Zip = new Map();
  let at = zip.readUInt32LE(end + 16);
  for (let i = 0; i < zip.readUInt16LE(end + 10); i++) {
    const nameLength = zip.readUInt16LE(at + 28);
    const header = zip.readUInt32LE(at + 42);
    const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
    files.set(
      zip.toString("utf8", at + 46, at + 46 + nameLength),
      zip.subarray(start, start + zip.readUInt32LE(at + 24)),
    );
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
}

class Name {
  constructor(readonly path: string) {}
}
const mark = Symbol("mark");

type Machine = { bytes: Buffer; at: number; stack: unknown[]; memo: Map<number, unknown> };

const popMark = (m: Machine): unknown[] => {
  const from = m.stack.lastIndexOf(mark);
  const items = m.stack.splice(from);
  return items.slice(1);
};
const tuple = (m: Machine, count: number): void =>
  void m.stack.push(m.stack.splice(m.stack.length - count));
const line = (m: Machine): string => {
  const end = m.bytes.indexOf(10, m.at);
  const text = m.bytes.toString("utf8", m.at, end);
  m.at = end + 1;
  return text;
};
const take = (m: Machine, count: number): Buffer => {
  m.at += count;
  return m.bytes.subarray(m.at - count, m.at);
};
const setItems = (m: Machine, items: unknown[]): void => {
  const dict = m.stack.at(-1) as Map<unknown, unknown>;
  for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
};

/** Opcodes of pickle protocol 2, by Lib/pickletools.py. */
const opcodes: Record<number, (m: Machine, read: (id: StorageId) => Buffer) => void> = {
  0x80: (m) => take(m, 1), // PROTO
  0x28: (m) => m.stack.push(mark),
  0x29: (m) => m.stack.push([]),
  0x47: (m) => m.stack.push(take(m, 8).readDoubleBE(0)),
  0x4a: (m) => m.stack.push(take(m, 4).readInt32LE(0)),
  0x4b: (m) => m.stack.push(take(m, 1).readUInt8(0)),
  0x4d: (m) => m.stack.push(take(m, 2).readUInt16LE(0)),
  0x4e: (m) => m.stack.push(null),
  0x51: (m) => {
    const [kind, type, key, device, length] = m.stack.pop() as [string, Name, string, string, number]; // prettier-ignore
    if (kind !== "storage" || device !== "cpu") throw new Error("not a storage");
    m.stack.push({ type: type.path, key, length } satisfies StorageId);
  },
  0x52: (m, read) => {
    const args = m.stack.pop() as unknown[];
    m.stack.push(call(m.stack.pop() as Name, args, read));
  },
  0x58: (m) => m.stack.push(take(m, take(m, 4).readUInt32LE(0)).toString("utf8")),
  0x63: (m) => m.stack.push(new Name(`${line(m)}.${line(m)}`)),
  0x68: (m) => m.stack.push(m.memo.get(take(m, 1).readUInt8(0))),
  0x6a: (m) => m.stack.push(m.memo.get(take(m, 4).readUInt32LE(0))),
  0x71: (m) => m.memo.set(take(m, 1).readUInt8(0), m.stack.at(-1)),
  0x72: (m) => m.memo.set(take(m, 4).readUInt32LE(0), m.stack.at(-1)),
  0x73: (m) => setItems(m, m.stack.splice(-2)),
  0x74: (m) => m.stack.push(popMark(m)),
  0x75: (m) => setItems(m, popMark(m)),
  0x7d: (m) => m.stack.push(new Map()),
  0x85: (m) => tuple(m, 1),
  0x86: (m) => tuple(m, 2),
  0x87: (m) => tuple(m, 3),
  0x88: (m) => m.stack.push(true),
  0x89: (m) => m.stack.push(false),
};

function call({ path }: Name, args: unknown[], read: (id: StorageId) => Buffer): unknown {
  if (path === "collections.OrderedDict" && args.length === 0) return new Map();
  if (path !== "torch._utils._rebuild_tensor_v2") throw new Error(`${path} is not allowed`);
  const [storage, offset, shape, strides, requiresGrad] = args as [
    StorageId,
    number,
    number[],
    number[],
    boolean,
  ];
  if (requiresGrad) throw new Error("a buffer that asks for gradients");
  return { storage, offset, shape, strides, bytes: read(storage) } satisfies ReadTensor;
}

/** What torch.load gives for a file: dicts are Maps, tensors ReadTensors. */
export function readPthIndependently(file: Buffer): Map<string, unknown> {
  const zip = readZip(file);
  const bytes = zip.get("archive/data.pkl") ?? Buffer.alloc(0);
  const read = ({ key }: StorageId) => zip.get(`archive/data/${key}`) ?? Buffer.alloc(0);
  const m: Machine = { bytes, at: 0, stack: [], memo: new Map() };
  for (;;) {
    const opcode = m.bytes.readUInt8(m.at++);
    if (opcode === 0x2e) return m.stack.pop() as Map<string, unknown>; // STOP
    const run = opcodes[opcode];
    if (!run) throw new Error(`opcode ${opcode.toString(16)} at ${m.at - 1}`);
    run(m, read);
  }
}
