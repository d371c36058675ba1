/** How many bytes of buffers code asks for by their length, whatever it then does with them. Importing this starts the count. */

let requested = 0;

/** Bytes asked for since the count was last taken. */
export function takeRequestedBytes(): number {
  const taken = requested;
  requested = 0;
  return taken;
}

type BufferClass = (new (...args: never[]) => object) & { BYTES_PER_ELEMENT?: number };

/** The class itself, which counts what it is asked for: `new Uint8Array(length)`, and `Uint8Array.from` by way of that. */
const counting = <C extends BufferClass>(original: C): C =>
  new Proxy(original, {
    construct(target, args: unknown[], newTarget) {
      const [length] = args;
      if (typeof length === "number") requested += length * (target.BYTES_PER_ELEMENT ?? 1);
      return Reflect.construct(target, args, newTarget) as object;
    },
  });

const names = [
  "ArrayBuffer",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int32Array",
  "Uint16Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
] as const;

for (const name of names) {
  const original: BufferClass = globalThis[name];
  Object.defineProperty(globalThis, name, { value: counting(original), writable: true });
}
