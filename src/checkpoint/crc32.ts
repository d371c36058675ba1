/** CRC-32 of zip files (ISO 3309, reflected polynomial 0xEDB88320), four bytes a step. */

/** tables[256 k + byte]: the CRC of `byte` followed by k zero bytes. */
const tables = makeTables();

function makeTables(): Uint32Array {
  const table = new Uint32Array(4 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
    table[byte] = crc;
  }
  for (let i = 256; i < table.length; i++) {
    const previous = table[i - 256] ?? 0;
    table[i] = (table[previous & 0xff] ?? 0) ^ (previous >>> 8);
  }
  return table;
}

/** @returns the checksum, 0..2^32-1 */
export function crc32(bytes: Uint8Array): number {
  const at = (index: number): number => tables[index] ?? 0;
  let crc = 0xffffffff;
  let i = 0;
  for (; i + 4 <= bytes.length; i += 4) {
    crc ^=
      byteAt(bytes, i) |
      (byteAt(bytes, i + 1) << 8) |
      (byteAt(bytes, i + 2) << 16) |
      (byteAt(bytes, i + 3) << 24);
    crc =
      at(768 + (crc & 0xff)) ^
      at(512 + ((crc >>> 8) & 0xff)) ^
      at(256 + ((crc >>> 16) & 0xff)) ^
      at(crc >>> 24);
  }
  for (; i < bytes.length; i++) crc = at((crc ^ byteAt(bytes, i)) & 0xff) ^ (crc >>> 8);
  return ~crc >>> 0;
}

const byteAt = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;
