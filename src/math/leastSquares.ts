/** Small dense linear algebra on plain arrays. */

/** Solves A x = b for a square A by Gaussian elimination with partial pivoting; A and b are not changed. */
export function solve(A: readonly (readonly number[])[], b: readonly number[]): number[] {
  const n = b.length;
  const rows = A.map((row, i) => [...row, b[i] ?? 0]);
  for (let col = 0; col < n; col++) {
    const pivot = rows
      .slice(col)
      .reduce(
        (best, row, i) =>
          Math.abs(row[col] ?? 0) > Math.abs(rows[best]?.[col] ?? 0) ? col + i : best,
        col,
      );
    [rows[col], rows[pivot]] = [rows[pivot] ?? [], rows[col] ?? []];
    const lead = rows[col] ?? [];
    const head = lead[col] ?? 0;
    if (head === 0) throw new Error("solve: the matrix is singular.");
    for (let i = 0; i < n; i++) {
      const row = rows[i] ?? [];
      if (i === col) continue;
      const factor = (row[col] ?? 0) / head;
      for (let j = col; j <= n; j++) row[j] = (row[j] ?? 0) - factor * (lead[j] ?? 0);
    }
  }
  return rows.map((row, i) => (row[n] ?? 0) / (row[i] ?? 1));
}

/**
 * The weights w that minimise sum_i (x_i . w - y_i)^2 + ridge |w|^2.
 * @param xs - rows of features @param ys - one target per row
 */
export function leastSquares(
  xs: readonly (readonly number[])[],
  ys: readonly number[],
  ridge = 1e-6,
): number[] {
  const n = xs[0]?.length ?? 0;
  const gram = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) =>
      xs.reduce((sum, x) => sum + (x[i] ?? 0) * (x[j] ?? 0), i === j ? ridge : 0),
    ),
  );
  const moment = Array.from({ length: n }, (_, i) =>
    xs.reduce((sum, x, row) => sum + (x[i] ?? 0) * (ys[row] ?? 0), 0),
  );
  return solve(gram, moment);
}
