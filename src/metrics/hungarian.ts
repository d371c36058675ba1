/** Optimal assignment, the Hungarian algorithm with potentials: O(n^2 m) for n rows and m columns, n <= m. */

/**
 * Pairs rows with columns, each used at most once, so that the sum of weights is largest.
 * @param weights - finite, [rows][columns]
 * @returns for each row its column; -1 for the rows left over where there are fewer columns than rows
 */
export function matchRows(weights: readonly (readonly number[])[]): number[] {
  const rows = weights.length;
  const columns = weights[0]?.length ?? 0;
  if (rows <= columns) return assign(weights.map((row) => row.map((weight) => -weight)));
  const transposed = Array.from({ length: columns }, (_, k) =>
    weights.map((row) => -(row[k] ?? NaN)),
  );
  const rowOfColumn = assign(transposed);
  return weights.map((_, row) => rowOfColumn.indexOf(row));
}

/** State of the search; rows and columns count from 1, so that 0 can mean none. */
type State = {
  cost: readonly (readonly number[])[];
  rowPotential: Float64Array;
  columnPotential: Float64Array;
  /** Row of each column; column 0 holds the row being added. */
  rowOf: Int32Array;
};

/** Column of each row at the lowest total cost. */
function assign(cost: readonly (readonly number[])[]): number[] {
  const columns = cost[0]?.length ?? 0;
  const state: State = {
    cost,
    rowPotential: new Float64Array(cost.length + 1),
    columnPotential: new Float64Array(columns + 1),
    rowOf: new Int32Array(columns + 1),
  };
  for (let row = 1; row <= cost.length; row++) addRow(state, row);
  return cost.map((_, row) => state.rowOf.indexOf(row + 1, 1) - 1);
}

/** Adds one row to the matching along the shortest augmenting path. */
function addRow({ cost, rowPotential, columnPotential, rowOf }: State, row: number): void {
  const shortest = new Float64Array(rowOf.length).fill(Infinity);
  const cameFrom = new Int32Array(rowOf.length);
  const isDone = new Uint8Array(rowOf.length);
  let column = 0;
  rowOf[0] = row;
  do {
    isDone[column] = 1;
    const from = rowOf[column] ?? 0;
    let [delta, next] = [Infinity, 0];
    for (let j = 1; j < rowOf.length; j++) {
      if (isDone[j]) continue;
      const potential = (rowPotential[from] ?? 0) + (columnPotential[j] ?? 0);
      const reduced = (cost[from - 1]?.[j - 1] ?? NaN) - potential;
      if (reduced < (shortest[j] ?? 0)) [shortest[j], cameFrom[j]] = [reduced, column];
      if ((shortest[j] ?? 0) < delta) [delta, next] = [shortest[j] ?? 0, j];
    }
    if (next === 0) throw new Error("matchRows: expected finite weights, got NaN or Infinity.");
    for (let j = 0; j < rowOf.length; j++) {
      const matched = rowOf[j] ?? 0;
      if (isDone[j]) {
        rowPotential[matched] = (rowPotential[matched] ?? 0) + delta;
        columnPotential[j] = (columnPotential[j] ?? 0) - delta;
      } else shortest[j] = (shortest[j] ?? 0) - delta;
    }
    column = next;
  } while (rowOf[column] !== 0);
  for (; column !== 0; column = cameFrom[column] ?? 0)
    rowOf[column] = rowOf[cameFrom[column] ?? 0] ?? 0;
}
