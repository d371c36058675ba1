/** Names and shapes of a checkpoint's tensors, and the questions that recognition asks of them. */
import { CheckpointError } from "../../errors";

/** Tensors by their state_dict keys, shapes in official layout; a checkpoint's entries are such a map. */
export type TensorShapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

type Lengths = {
  1: [number];
  2: [number, number];
  3: [number, number, number];
  4: [number, number, number, number];
};

/** What cannot be an image model's, in the words of every other checkpoint message. */
export const unlike = (expected: string, got: string): CheckpointError =>
  new CheckpointError(
    `checkpoint: expected ${expected.slice(0, 600)}, got ${got.slice(0, 600)}. Choose an image model of SlotDiffusion, or give its config.json.`,
  );

/** The lengths of a tensor's axes; throws where it is missing or of another rank. */
export function lengths<R extends keyof Lengths>(
  shapes: TensorShapes,
  key: string,
  rank: R,
): Lengths[R] {
  const shape = shapes.get(key)?.shape;
  if (shape?.length !== rank)
    throw unlike(`${key} with ${rank} axes`, shape ? `[${shape.join(", ")}]` : "no such tensor");
  return [...shape] as Lengths[R]; // its rank is checked above
}

/** Whether any key begins so. */
export function hasUnder(shapes: TensorShapes, prefix: string): boolean {
  for (const key of shapes.keys()) if (key.startsWith(prefix)) return true;
  return false;
}

/** What any part of a model may have of one kind: a file may name tensors by the hundred thousand. */
const maxNumbered = 256;

/** How many of `prefix`0., `prefix`1., ... are there in a row. */
export function countNumbered(shapes: TensorShapes, prefix: string): number {
  const found = new Set<string>();
  for (const key of shapes.keys())
    if (key.startsWith(prefix))
      found.add(key.slice(prefix.length, key.indexOf(".", prefix.length)));
  let count = 0;
  while (found.has(`${count}`)) count++;
  if (count > maxNumbered)
    throw unlike(`at most ${maxNumbered} parts ${prefix}0, 1, ...`, `${count}`);
  return count;
}

/** The same entries of a list, or what is wrong with it. */
export function sameOf(values: readonly number[], what: string): number {
  const [first = 0] = values;
  if (values.some((value) => value !== first)) throw unlike(`one ${what}`, values.join(", "));
  return first;
}

/** Widths as multiples of the narrowest building block's. */
export function multiplesOf(base: number, widths: readonly number[], what: string): number[] {
  if (widths.some((width) => width % base !== 0))
    throw unlike(`${what} in multiples of ${base}`, widths.join(", "));
  return widths.map((width) => width / base);
}

/** The official 32 where it fits. */
const officialGroups = 32;

/**
 * A number of norm groups for layers of these widths: shapes do not tell it. 32, or where a group would have less than two
 * channels (which leaves a norm of one group nothing to tell apart) the largest power of two that fits.
 */
export function likelyGroups(widths: readonly number[]): number {
  let groups = officialGroups;
  while (groups > 1 && widths.some((width) => width % groups !== 0 || width < 2 * groups))
    groups /= 2;
  return groups;
}
