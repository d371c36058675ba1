/**
 * A zip of uncompressed files as PyTorch lays it out: each file's content begins at a multiple of 64 bytes.
 *
 * After caffe2/serialize/inline_container.cc (getPadding) and its miniz, byte for byte: checksums and sizes follow
 * the content, a zip64 end record stands before the plain one. Below 4 GiB, where no field needs 64 bits.
 */
import { InputError } from "../errors";

import { crc32 } from "./crc32";

/** A file to be put in the zip. `read` gives its `size` bytes, once, when the zip is made. */
export type StoredFile = { name: string; size: number; read: () => Uint8Array };

type Placed = StoredFile & { nameBytes: Uint8Array; header: number; content: number };

const alignment = 64;
const localHeaderBytes = 30;
const descriptorBytes = 16;
/** Values from here on mean "see the 64-bit field". */
const maxOffset = 2 ** 32 - 1;
const maxFiles = 2 ** 16 - 1;

/**
 * Puts files in a zip. The Blob refers to one Blob for each file, so no second copy of the whole is made.
 * @throws InputError when the zip would reach 4 GiB or hold 65535 files, before any file is read
 */
export function zipStored(files: readonly StoredFile[]): Blob {
  const { placed, end } = place(files);
  const parts: BlobPart[] = [];
  const directory: number[] = [];
  for (const file of placed) {
    const bytes = file.read();
    if (bytes.length !== file.size)
      throw new Error(`zip: expected ${file.size} bytes of ${file.name}, got ${bytes.length}.`);
    const crc = crc32(bytes);
    parts.push(localHeader(file), new Blob([unshared(bytes)]), descriptor(file, crc));
    for (const byte of directoryEntry(file, crc)) directory.push(byte);
  }
  parts.push(Uint8Array.from(directory), endRecords(placed.length, directory.length, end));
  return new Blob(parts);
}

/** Where each header and content begins, and where the directory does. */
function place(files: readonly StoredFile[]): { placed: Placed[]; end: number } {
  let end = 0;
  let directorySize = 0;
  const placed = files.map((file): Placed => {
    const nameBytes = new TextEncoder().encode(file.name);
    const header = end;
    const unpadded = header + localHeaderBytes + nameBytes.length + 4; // 4: what names the padding
    const content = Math.ceil(unpadded / alignment) * alignment;
    end = content + file.size + (file.size ? descriptorBytes : 0);
    directorySize += 46 + nameBytes.length;
    return { ...file, nameBytes, header, content };
  });
  if (end + directorySize >= maxOffset || files.length >= maxFiles)
    throw new InputError(
      `zip: expected less than 4 GiB and ${maxFiles} files, got ${end + directorySize} bytes in ${files.length} files. ` +
        "Save the weights as F16, or in parts.",
    );
  return { placed, end };
}

/** A Blob takes no shared memory. */
const unshared = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);

type Field = readonly [length: 2 | 4 | 8, value: number];

/** Little-endian fields, one after the other. */
const pack = (...fields: readonly Field[]): number[] =>
  fields.flatMap(([length, value]) =>
    Array.from({ length }, (_, i) => Math.floor(value / 256 ** i) & 0xff),
  );

/** Names are UTF-8; for a file that is not empty, checksum and sizes come in a descriptor. */
const flags = ({ size }: StoredFile): number => 0x800 | (size ? 0x8 : 0);

/** The padding is an extra field named FB and filled with Z. */
function localHeader(file: Placed): Uint8Array<ArrayBuffer> {
  const { nameBytes, header, content } = file;
  const extra = content - header - localHeaderBytes - nameBytes.length;
  const fixed = pack(
    [4, 0x04034b50],
    [2, 0], // version needed
    [2, flags(file)],
    [2, 0], // stored
    [4, 0], // time, date
    [4, 0], // checksum
    [8, 0], // sizes
    [2, nameBytes.length],
    [2, extra],
  );
  const padding = new Array<number>(extra - 4).fill(0x5a);
  return Uint8Array.from([...fixed, ...nameBytes, 0x46, 0x42, ...pack([2, extra - 4]), ...padding]);
}

const descriptor = ({ size }: StoredFile, crc: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(size ? pack([4, 0x08074b50], [4, crc], [4, size], [4, size]) : []);

const directoryEntry = (file: Placed, crc: number): number[] => [
  ...pack(
    [4, 0x02014b50],
    [4, 0], // version made by, version needed
    [2, flags(file)],
    [2, 0], // stored
    [4, 0], // time, date
    [4, crc],
    [4, file.size],
    [4, file.size],
    [2, file.nameBytes.length],
    [4, 0], // lengths of extra field and comment
    [8, 0], // disk, attributes
    [4, file.header],
  ),
  ...file.nameBytes,
];

/** @param start - of the directory, which is `size` bytes */
const endRecords = (count: number, size: number, start: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([
    ...pack([4, 0x06064b50], [8, 44], [2, 0x031e], [2, 45], [8, 0]), // zip64: length, versions, disks
    ...pack([8, count], [8, count], [8, size], [8, start]),
    ...pack([4, 0x07064b50], [4, 0], [8, start + size], [4, 1]), // where the zip64 record is
    ...pack([4, 0x06054b50], [4, 0], [2, count], [2, count], [4, size], [4, start], [2, 0]),
  ]);
