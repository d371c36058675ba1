/** The last check on what a pickle built: a tree of modest depth and size, not a cycle and not a bomb. */
import { CheckpointError } from "../errors";

const maxDepth = 64;
/** Values counted as often as they are reachable: nested sharing ("billion laughs") multiplies. */
const maxValues = 4_000_000;

type Extent = { depth: number; values: number };

const isContainer = (value: unknown): value is unknown[] | Map<unknown, unknown> | Set<unknown> =>
  Array.isArray(value) || value instanceof Map || value instanceof Set;

function childrenOf(node: object): unknown[] {
  if (node instanceof Map) return [...node.keys(), ...node.values()];
  return [...(node as unknown[] | Set<unknown>)]; // the other containers
}

const fail = (got: string): CheckpointError =>
  new CheckpointError(
    `pickle: expected plain values nested at most ${maxDepth} deep, got ${got}. The file is not a checkpoint of tensors.`,
  );

/**
 * Throws unless whoever walks the value recursively comes to an end soon. Itself iterative: a deep value must
 * not overflow the stack here.
 */
export function assertModestTree(root: unknown): void {
  const extents = new Map<object, Extent>();
  const onPath = new Set<object>();
  const pending: object[] = isContainer(root) ? [root] : [];
  for (let node = pending.at(-1); node; node = pending.at(-1)) {
    if (extents.has(node)) {
      pending.pop();
    } else if (onPath.has(node)) {
      extents.set(node, measure(childrenOf(node), extents)); // its children are done
      onPath.delete(node);
      pending.pop();
    } else {
      onPath.add(node);
      if (onPath.size > maxDepth) throw fail("more");
      for (const child of childrenOf(node)) {
        if (!isContainer(child) || extents.has(child)) continue;
        if (onPath.has(child)) throw fail("a value that contains itself");
        pending.push(child);
      }
    }
  }
}

function measure(children: unknown[], extents: ReadonlyMap<object, Extent>): Extent {
  const extent = { depth: 1, values: 1 };
  for (const child of children) {
    const inner = isContainer(child) ? extents.get(child) : undefined;
    extent.values += inner?.values ?? 1;
    extent.depth = Math.max(extent.depth, 1 + (inner?.depth ?? 0));
  }
  if (extent.depth > maxDepth) throw fail(`${extent.depth}`);
  if (extent.values > maxValues) throw fail(`more than ${maxValues} values`);
  return extent;
}
