/**
 * Eigenvalues of a symmetric matrix: Householder's reduction to tridiagonal form, then bisection on Sturm sequences.
 *
 * Golub & Van Loan, Matrix Computations, 4th edition, algorithms 8.3.1 and section 8.4.1. O(n^3).
 */

/** A square matrix, row-major [n * n]. */
type Square = { n: number; values: Float64Array };

/**
 * Every eigenvalue, ascending, to about 1e-15 of the largest.
 * @param values - row-major [n * n], symmetric; not changed
 */
export function symmetricEigenvalues(values: Float64Array, n: number): number[] {
  if (values.length !== n * n)
    throw new Error(`eigenvalues: expected ${n} x ${n} values, got ${values.length}.`);
  const { diagonal, offDiagonal } = tridiagonalize({ n, values: values.slice() });
  const bound = Array.from(diagonal).reduce((largest, value, i) => {
    const reach = Math.abs(offDiagonal[i - 1] ?? 0) + Math.abs(offDiagonal[i] ?? 0);
    return Math.max(largest, Math.abs(value) + reach); // Gershgorin
  }, 0);
  const squares = offDiagonal.map((value) => value * value);
  return Array.from({ length: n }, (_, k) => bisect(diagonal, squares, k, bound));
}

type Tridiagonal = { diagonal: Float64Array; offDiagonal: Float64Array };

/** Reflects one column after the other; the matrix is used up. */
function tridiagonalize(matrix: Square): Tridiagonal {
  const { n, values } = matrix;
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(Math.max(n - 1, 0));
  for (let k = 0; k < n; k++) {
    diagonal[k] = values[k * n + k] ?? NaN;
    if (k < n - 1) offDiagonal[k] = reflectColumn(matrix, k);
  }
  return { diagonal, offDiagonal };
}

/** Makes column k zero below its subdiagonal by a similarity with I - 2 v v'. @returns the subdiagonal entry */
function reflectColumn({ n, values }: Square, k: number): number {
  const v = new Float64Array(n); // zero up to k
  let square = 0;
  for (let i = k + 1; i < n; i++) {
    v[i] = values[k * n + i] ?? NaN;
    square += (v[i] ?? NaN) ** 2;
  }
  const first = v[k + 1] ?? NaN;
  const entry = first > 0 ? -Math.sqrt(square) : Math.sqrt(square);
  const length = Math.sqrt(2 * (square - first * entry)); // of v once its first entry is reduced
  if (length === 0) return entry;
  v[k + 1] = first - entry;
  for (let i = k + 1; i < n; i++) v[i] = (v[i] ?? NaN) / length;
  subtractReflection({ n, values }, v, k + 1);
  return entry;
}

/** A - 2 v w' - 2 w v' with w = A v - (v' A v) v, in the rows and columns from `start` on. */
function subtractReflection({ n, values }: Square, v: Float64Array, start: number): void {
  const w = new Float64Array(n);
  let along = 0;
  for (let i = start; i < n; i++) {
    let sum = 0;
    for (let j = start; j < n; j++) sum += (values[i * n + j] ?? NaN) * (v[j] ?? NaN);
    w[i] = sum;
    along += sum * (v[i] ?? NaN);
  }
  for (let i = start; i < n; i++) w[i] = (w[i] ?? NaN) - along * (v[i] ?? NaN);
  for (let i = start; i < n; i++) {
    const [vi, wi] = [2 * (v[i] ?? NaN), 2 * (w[i] ?? NaN)];
    for (let j = start; j < n; j++) {
      const at = i * n + j;
      values[at] = (values[at] ?? NaN) - vi * (w[j] ?? NaN) - wi * (v[j] ?? NaN);
    }
  }
}

/** The k-th smallest eigenvalue, within [-bound, bound]. */
function bisect(diagonal: Float64Array, squares: Float64Array, k: number, bound: number): number {
  let [low, high] = [-bound, bound];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle; // neighbours among doubles
    if (high - low <= Number.EPSILON * bound) return middle;
    if (countBelow(diagonal, squares, middle) > k) high = middle;
    else low = middle;
  }
}

/** Eigenvalues below x: negative pivots of T - x I. */
function countBelow(diagonal: Float64Array, squares: Float64Array, x: number): number {
  let count = 0;
  let pivot = 1;
  for (let i = 0; i < diagonal.length; i++) {
    const square = i === 0 ? 0 : (squares[i - 1] ?? NaN);
    pivot = (diagonal[i] ?? NaN) - x - square / pivot;
    if (pivot === 0) pivot = Number.EPSILON * 1e-300; // a pivot of zero may count on either side
    if (pivot < 0) count++;
  }
  return count;
}
