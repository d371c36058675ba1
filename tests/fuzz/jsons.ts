/** JSON that is not quite what it should be: values, keys and nesting changed, keys twice, names of prototypes, broken text. */
import fc from "fast-check";

/** JSON as it is written: an object may have a key twice, and any text can stand for a value. */
type Node =
  | { kind: "object"; entries: [key: string, value: Node][] }
  | { kind: "array"; items: Node[] }
  | { kind: "text"; text: string };

type Edit = [kind: number, at: number, choice: number];

const hostile: readonly string[] = [
  ...["null", "true", "0", "-0", "-1", "0.5", "1e308", "-1e308", "1e999", "NaN", "-Infinity"],
  ...["9007199254740993", "4294967296", "65536", "65537", "268435457", "[]", "{}", '""', "x"],
  ...['"__proto__"', '"constructor"', '"toString"', '"\\u0000"', '"\\ud800"', '"../../x"'],
  ...['"<img src=x onerror=alert(1)>"', '"A"', '"====", "', '"\\"'],
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"length":1e9}',
  `"${"x".repeat(5000)}"`,
  `"${"A".repeat(4097)}"`,
  `[${"null,".repeat(3000)}null]`,
  `[${"[],".repeat(1000)}[]]`,
  `{${Array.from({ length: 500 }, (_, i) => `"k${i}":${i}`).join()}}`,
  `${"[".repeat(3000)}${"]".repeat(3000)}`,
  `${'{"a":'.repeat(1000)}1${"}".repeat(1000)}`,
];

const hostileKeys = ["__proto__", "constructor", "prototype", "toString", "length", "", "0"];
const kinds = 8;
/** What a list is filled up to, before the text is cut to `maxText`. */
const repeats = [2, 9, 130, 1500];
const maxText = 128 * 1024;

const parse = (value: unknown): Node => {
  if (Array.isArray(value)) return { kind: "array", items: value.map(parse) };
  if (typeof value === "object" && value !== null)
    return {
      kind: "object",
      entries: Object.entries(value).map(([key, inner]) => [key, parse(inner)]),
    };
  return { kind: "text", text: JSON.stringify(value) };
};

const write = (node: Node): string => {
  if (node.kind === "text") return node.text;
  if (node.kind === "array") return `[${node.items.map(write).join()}]`;
  return `{${node.entries.map(([key, value]) => `${JSON.stringify(key)}:${write(value)}`).join()}}`;
};

/** JSON texts near those of some values. */
export function damagedJson(seeds: readonly unknown[]): fc.Arbitrary<string> {
  const index = fc.nat(seeds.length - 1);
  const edits = fc.array(fc.tuple(fc.nat(kinds - 1), fc.nat(2 ** 31 - 1), fc.nat(2 ** 31 - 1)), {
    maxLength: 4,
  });
  const changed = fc.tuple(index, edits).map(([k, list]) => {
    const root: Node = { kind: "array", items: [parse(seeds[k])] };
    for (const edit of list) apply(root, edit);
    return write(root.items[0] ?? { kind: "text", text: "" }).slice(0, maxText);
  });
  const cut = fc.tuple(changed, fc.nat(2 ** 31 - 1), fc.nat(255)).map(([text, at, code]) => {
    const from = at % (text.length + 1);
    return text.slice(0, from) + (code < 128 ? "" : String.fromCharCode(code) + text.slice(from));
  });
  return fc.oneof(
    { weight: 16, arbitrary: changed },
    { weight: 3, arbitrary: cut },
    { weight: 1, arbitrary: fc.string({ maxLength: 40 }) },
  );
}

/** A place that holds a value. */
type Slot = { holder: Exclude<Node, { kind: "text" }>; index: number };

function slotsOf(node: Node, into: Slot[] = []): Slot[] {
  if (node.kind === "text") return into;
  const inner = node.kind === "array" ? node.items : node.entries.map(([, value]) => value);
  inner.forEach((value, index) => {
    into.push({ holder: node, index });
    slotsOf(value, into);
  });
  return into;
}

function apply(root: Node, [kind, at, choice]: Edit): void {
  const slots = slotsOf(root);
  const slot = slots[at % slots.length];
  if (!slot) return;
  const { holder, index } = slot;
  const value = holder.kind === "array" ? holder.items[index] : holder.entries[index]?.[1];
  if (!value) return;
  const replacement = hostileNode(kind, choice, value);
  if (replacement) return put(holder, index, replacement);
  if (holder.kind === "array") changeItems(holder.items, kind, index, choice, value);
  else changeEntries(holder.entries, kind, index, choice);
}

function hostileNode(kind: number, choice: number, value: Node): Node | null {
  if (kind <= 2) return { kind: "text", text: hostile[choice % hostile.length] ?? "0" };
  if (kind === 3 && value.kind === "text") return { kind: "text", text: near(value.text, choice) };
  if (kind === 4) return { kind: "array", items: [value] };
  return null;
}

/** A number a little off, or text that is longer. */
function near(text: string, choice: number): string {
  const number = Number(text);
  if (Number.isNaN(number)) return JSON.stringify(`${text}${"!".repeat(choice % 300)}`);
  const factors = [-1, 0.5, 2, 10, 1000, 2 ** 20];
  return String(number * (factors[choice % factors.length] ?? 1) + (choice % 3) - 1);
}

function put(holder: Slot["holder"], index: number, value: Node): void {
  if (holder.kind === "array") holder.items[index] = value;
  else holder.entries[index] = [holder.entries[index]?.[0] ?? "", value];
}

function changeItems(items: Node[], kind: number, index: number, choice: number, value: Node) {
  if (kind === 5) items.splice(index, 1);
  else items.splice(index, 0, ...Array<Node>(repeats[choice % repeats.length] ?? 2).fill(value));
}

function changeEntries(
  entries: [string, Node][],
  kind: number,
  index: number,
  choice: number,
): void {
  const entry = entries[index];
  if (!entry) return;
  const [key, value] = entry;
  const other = hostileKeys[choice % hostileKeys.length] ?? key;
  if (kind === 5) entries.splice(index, 1);
  else if (kind === 6)
    entries.push([key, { kind: "text", text: hostile[choice % hostile.length] ?? "0" }]);
  else if (choice % 2) entries[index] = [other, value];
  else entries.push([other, value]);
}

/** Objects and arrays of a value must be plain ones: no key of a file may have become somebody's prototype. */
export function assertPlain(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (ArrayBuffer.isView(value)) return;
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null)
    throw new TypeError("a value whose prototype came out of its file");
  for (const inner of Object.values(value)) assertPlain(inner);
}
