/** The compose grid: its cells in rows, the way between them by keys, and what each shows in words. */
import { exampleIds, type ExampleFacts, type Swap } from "../../store/exampleSchema";

/** "example 2", by the place of its id. */
export const exampleName = (id: string): string => `example ${exampleIds.indexOf(id) + 1}`;

/** One row for each object of the example: without it, then with each of the partner's objects in its place. */
export const swapRows = ({ objects, partners }: ExampleFacts, partner: number): Swap[][] =>
  objects.map((_, object) => [
    { kind: "without", object },
    ...(partners[partner]?.objects ?? []).map((_slot, by): Swap => ({
      kind: "replaced",
      object,
      partner,
      by,
    })),
  ]);

/** A name of its own for each swap. */
export function swapKey(swap: Swap): string {
  if (swap.kind === "own") return "own";
  return swap.kind === "without"
    ? `without-${swap.object}`
    : `${swap.object}-${swap.partner}-${swap.by}`;
}

/** What a swap's picture is drawn from. */
export function swapText({ objects, partners, numSlots }: ExampleFacts, swap: Swap): string {
  if (swap.kind === "own") return `Drawn from its own ${numSlots} slots`;
  const slot = `Slot ${(objects[swap.object] ?? 0) + 1}`;
  if (swap.kind === "without") return `${slot} left out`;
  const partner = partners[swap.partner];
  const by = (partner?.objects[swap.by] ?? 0) + 1;
  return `${slot} replaced by slot ${by} of ${exampleName(partner?.sample ?? "")}`;
}

const steps: Record<string, readonly [down: number, right: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The cell that an arrow key leads to: the unchanged picture stands above the rows. @returns null for another key */
export function swapBeside(rows: Swap[][], from: Swap, key: string): Swap | null {
  const step = steps[key];
  if (!step) return null;
  const isHere = (cell: Swap): boolean => swapKey(cell) === swapKey(from);
  const row = rows.findIndex((cells) => cells.some(isHere));
  if (row < 0) return step[0] + step[1] > 0 ? (rows[0]?.[0] ?? null) : from;
  if (row + step[0] < 0) return { kind: "own" };
  const cells = rows[Math.min(rows.length - 1, row + step[0])] ?? [];
  const to = (rows[row]?.findIndex(isHere) ?? 0) + step[1];
  return cells[Math.min(cells.length - 1, Math.max(0, to))] ?? null;
}
