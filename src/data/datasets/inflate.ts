import { Unreadable } from "./dataFile";

/**
 * Inflates to exactly `size` bytes and never beyond, so that no input can take more memory than was agreed.
 * @param damaged - the reason given where it is not that size, or not deflated at all
 */
export async function inflateExactly(
  content: Blob,
  format: "deflate" | "deflate-raw",
  size: number,
  damaged: string,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const reader = content.stream().pipeThrough(new DecompressionStream(format)).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let filled = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new Unreadable(damaged, { cause });
      });
      if (done) break;
      filled += value.length;
      if (filled > size) throw new Unreadable(damaged);
      parts.push(value);
    }
  } finally {
    await reader.cancel().catch(() => undefined); // a stream that has failed cannot be cancelled
  }
  if (filled !== size) throw new Unreadable(damaged);
  return parts;
}
