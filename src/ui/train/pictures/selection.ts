/** Several pictures of a grid, chosen by click and by keyboard: what each key does, as plain values. */

export type Selection = {
  /** Positions chosen. */
  chosen: ReadonlySet<number>;
  /** Where the keyboard is. */
  active: number;
  /** Where a range begins. */
  anchor: number;
};

/** Nothing chosen, at the first picture. */
export const emptySelection: Selection = { chosen: new Set(), active: 0, anchor: 0 };

const range = (from: number, to: number): number[] => {
  const low = Math.min(from, to);
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, i) => low + i);
};

/** Chooses one more, or lets it go. */
export function toggle({ chosen }: Selection, index: number): Selection {
  const next = new Set(chosen);
  if (!next.delete(index)) next.add(index);
  return { chosen: next, active: index, anchor: index };
}

/** Adds all from the anchor to here. */
export const extend = ({ chosen, anchor }: Selection, index: number): Selection => ({
  chosen: new Set([...chosen, ...range(anchor, index)]),
  active: index,
  anchor,
});

/** Chooses all of `count`. */
export const chooseAll = (selection: Selection, count: number): Selection => ({
  ...selection,
  chosen: new Set(range(0, count - 1)),
});

/** Where an arrow key, Home, End or a page key leads; null for another key. */
export function moved(
  key: string,
  active: number,
  { columns, rows, count }: { columns: number; rows: number; count: number },
): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -columns * rows,
    PageDown: columns * rows,
    Home: -count,
    End: count,
  };
  const step = steps[key];
  return step === undefined ? null : Math.min(count - 1, Math.max(0, active + step));
}
