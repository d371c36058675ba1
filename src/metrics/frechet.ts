/**
 * Frechet distance of two sets of feature vectors, each taken for a Gaussian.
 *
 * Dowson & Landau 1982, eq. 4: |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)). Heusel et al. 2017 use it on features of one
 * particular Inception network and call that FID (https://arxiv.org/abs/1706.08500); on features of any other network the
 * number has another scale and is no FID.
 */
import { symmetricEigenvalues } from "./symmetricEigenvalues";

/** Vectors of one length, row-major [count, size]. */
export type FeatureSet = { count: number; size: number; values: ArrayLike<number> };

/** A matrix, row-major [rows, columns]. */
type Matrix = { rows: number; columns: number; values: Float64Array };

/**
 * @returns >= 0 up to rounding, in squared units of the features; covariances over count - 1.
 * Biased upwards where there are few vectors: compare only numbers of equally many.
 */
export function frechetDistance(x: FeatureSet, y: FeatureSet): number {
  checkSets(x, y);
  const [meanX, meanY] = [meanOf(x), meanOf(y)];
  const [rootX, rootY] = [covarianceRoot(x, meanX), covarianceRoot(y, meanY)];
  const shift = meanX.reduce((sum, value, i) => sum + (value - (meanY[i] ?? NaN)) ** 2, 0);
  return shift + squaredNorm(rootX) + squaredNorm(rootY) - 2 * traceOfRoot(rootX, rootY);
}

function checkSets(x: FeatureSet, y: FeatureSet): void {
  for (const { count, size, values } of [x, y]) {
    if (count < 2 || size !== x.size || values.length !== count * size)
      throw new Error(
        `frechetDistance: expected two or more vectors of ${x.size} values, got ${count} of ${size} in ${values.length}.`,
      );
  }
}

function meanOf({ count, size, values }: FeatureSet): Float64Array {
  const mean = new Float64Array(size);
  for (let i = 0; i < count * size; i++)
    mean[i % size] = (mean[i % size] ?? NaN) + (values[i] ?? NaN);
  return mean.map((sum) => sum / count);
}

/** A matrix R with R' R = covariance: the centred vectors themselves where they are few, else a Cholesky factor. */
function covarianceRoot({ count, size, values }: FeatureSet, mean: Float64Array): Matrix {
  const scale = 1 / Math.sqrt(count - 1);
  const centred = Float64Array.from(
    { length: count * size },
    (_, i) => scale * ((values[i] ?? NaN) - (mean[i % size] ?? NaN)),
  );
  const root = { rows: count, columns: size, values: centred };
  return count <= size ? root : choleskyOf(gram(transpose(root)));
}

/**
 * tr((S1 S2)^(1/2)) for S = R' R: the non-zero eigenvalues of S1 S2 are those of B B' with B = R1 R2', so the trace is the
 * sum of B's singular values.
 */
function traceOfRoot(rootX: Matrix, rootY: Matrix): number {
  const product = multiplyTransposed(rootX, rootY);
  const { rows, values } = gram(product.rows <= product.columns ? product : transpose(product));
  return symmetricEigenvalues(values, rows).reduce(
    (sum, value) => sum + Math.sqrt(Math.max(value, 0)),
    0,
  );
}

/** A B'. */
function multiplyTransposed(a: Matrix, b: Matrix): Matrix {
  const out = new Float64Array(a.rows * b.rows);
  for (let i = 0; i < a.rows; i++) {
    const row = a.values.subarray(i * a.columns, (i + 1) * a.columns);
    for (let j = 0; j < b.rows; j++) {
      const at = j * b.columns;
      let sum = 0;
      for (let k = 0; k < row.length; k++) sum += (row[k] ?? NaN) * (b.values[at + k] ?? NaN);
      out[i * b.rows + j] = sum;
    }
  }
  return { rows: a.rows, columns: b.rows, values: out };
}

/** A A'. */
const gram = (a: Matrix): Matrix => multiplyTransposed(a, a);

function transpose({ rows, columns, values }: Matrix): Matrix {
  const out = new Float64Array(values.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) out[j * rows + i] = values[i * columns + j] ?? NaN;
  return { rows: columns, columns: rows, values: out };
}

const squaredNorm = ({ values }: Matrix): number =>
  values.reduce((sum, value) => sum + value * value, 0);

/** Upper triangular R with R' R = S; a pivot that rounding alone explains counts as zero, with its whole row. */
function choleskyOf({ rows: n, values: S }: Matrix): Matrix {
  const rest = S.slice();
  const R = new Float64Array(n * n);
  const largest = Array.from({ length: n }, (_, i) => S[i * n + i] ?? NaN).reduce(
    (most, value) => Math.max(most, value),
    0,
  );
  for (let k = 0; k < n; k++) {
    const pivot = rest[k * n + k] ?? NaN;
    if (pivot <= n * Number.EPSILON * largest) continue;
    for (let j = k; j < n; j++) R[k * n + j] = (rest[k * n + j] ?? NaN) / Math.sqrt(pivot);
    for (let i = k + 1; i < n; i++) {
      const factor = R[k * n + i] ?? NaN;
      for (let j = i; j < n; j++)
        rest[i * n + j] = (rest[i * n + j] ?? NaN) - factor * (R[k * n + j] ?? NaN);
    }
  }
  return { rows: n, columns: n, values: R };
}
