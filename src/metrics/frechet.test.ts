/** Frechet distance against closed forms of Gaussians, and eigenvalues against matrices whose eigenvalues are known. */
import { describe, expect, it } from "vitest";

import { gaussianArray, mulberry32 } from "../math/random";
import { frechetDistance, type FeatureSet } from "./frechet";
import { symmetricEigenvalues } from "./symmetricEigenvalues";

type Rows = number[][];

const toSet = (rows: Rows): FeatureSet => ({
  count: rows.length,
  size: rows[0]?.length ?? 0,
  values: rows.flat(),
});

const randomRows = (seed: number, count: number, size: number): Rows => {
  const values = gaussianArray(mulberry32(seed), count * size);
  return Array.from({ length: count }, (_, i) => [...values.slice(i * size, (i + 1) * size)]);
};

const product = (a: Rows, b: Rows): Rows =>
  a.map((row) =>
    (b[0] ?? []).map((_, j) => row.reduce((sum, value, k) => sum + value * (b[k]?.[j] ?? NaN), 0)),
  );

/** An orthogonal matrix: two reflections. */
function rotation(size: number): Rows {
  const reflection = (seed: number): Rows => {
    const [v = []] = randomRows(seed, 1, size);
    const square = v.reduce((sum, value) => sum + value * value, 0);
    return v.map((a, i) => v.map((b, j) => (i === j ? 1 : 0) - (2 * a * b) / square));
  };
  return product(reflection(31), reflection(32));
}

/** Points ±a along each axis: covariance diag(2 a^2 / (2 d - 1)), mean `shift`. */
const cross = (lengths: readonly number[], shift: number): Rows =>
  lengths.flatMap((length, axis) =>
    [1, -1].map((sign) => lengths.map((_, i) => shift + (i === axis ? sign * length : 0))),
  );

const covariance = (rows: Rows): Rows => {
  const mean = (rows[0] ?? []).map(
    (_, j) => rows.reduce((sum, row) => sum + (row[j] ?? NaN), 0) / rows.length,
  );
  const centred = rows.map((row) => row.map((value, j) => value - (mean[j] ?? NaN)));
  const columns = mean.map((_, j) => centred.map((row) => row[j] ?? NaN));
  return product(columns, centred).map((row) => row.map((value) => value / (rows.length - 1)));
};

// An eigenvalue of zero comes out as about 1e-15 of the largest, and its root as 3e-8: hence 5 decimals.
describe("frechetDistance", () => {
  it("one dimension: squared differences of means and of standard deviations", () => {
    const x = [[1], [2], [3], [6]];
    const y = [[10], [14], [12], [20]];
    const spread = (rows: Rows) => Math.sqrt(covariance(rows)[0]?.[0] ?? NaN);
    const expected = (14 - 3) ** 2 + (spread(x) - spread(y)) ** 2;
    expect(frechetDistance(toSet(x), toSet(y))).toBeCloseTo(expected, 10);
  });

  it("covariances that commute: squared differences along the common axes, however they are turned", () => {
    const [a, b] = [
      [1, 2, 3, 4, 5],
      [5, 1, 0, 2, 7],
    ] as const;
    const [x, y] = [cross(a, 0), cross(b, 0.5)];
    const deviation = (length: number) => length * Math.sqrt(2 / 9); // 10 points
    const expected = a.reduce(
      (sum, length, i) => sum + (deviation(length) - deviation(b[i] ?? NaN)) ** 2,
      5 * 0.5 ** 2,
    );
    expect(frechetDistance(toSet(x), toSet(y))).toBeCloseTo(expected, 5);
    const turned = (rows: Rows) => toSet(product(rows, rotation(5)));
    expect(frechetDistance(turned(x), turned(y))).toBeCloseTo(expected, 5);
  });

  it("two dimensions that do not commute: tr (AB)^(1/2) = (tr AB + 2 det(AB)^(1/2))^(1/2)", () => {
    const x = product(randomRows(1, 9, 2), [
      [2, 1],
      [0, 0.5],
    ]);
    const y = randomRows(2, 7, 2);
    const [A, B] = [covariance(x), covariance(y)];
    const AB = product(A, B);
    const at = (m: Rows, i: number, j: number) => m[i]?.[j] ?? NaN;
    const trace = (m: Rows) => at(m, 0, 0) + at(m, 1, 1);
    const det = at(AB, 0, 0) * at(AB, 1, 1) - at(AB, 0, 1) * at(AB, 1, 0);
    const mean = (rows: Rows, j: number) =>
      rows.reduce((sum, row) => sum + (row[j] ?? NaN), 0) / rows.length;
    const shift = [0, 1].reduce((sum, j) => sum + (mean(x, j) - mean(y, j)) ** 2, 0);
    const root = Math.sqrt(trace(AB) + 2 * Math.sqrt(det));
    const expected = shift + trace(A) + trace(B) - 2 * root;
    expect(frechetDistance(toSet(x), toSet(y))).toBeCloseTo(expected, 10);
  });

  it("is the same with more vectors than dimensions as with dimensions of zeros added", () => {
    const [x, y] = [randomRows(3, 30, 6), randomRows(4, 25, 6)];
    const padded = (rows: Rows) =>
      toSet(rows.map((row) => [...row, ...new Array<number>(40).fill(0)]));
    const few = frechetDistance(toSet(x), toSet(y));
    expect(few).toBeGreaterThan(0.1);
    expect(frechetDistance(padded(x), padded(y))).toBeCloseTo(few, 5);
    expect(frechetDistance(toSet(y), toSet(x))).toBeCloseTo(few, 5);
  });

  it("a set has distance 0 from itself, also where it does not fill its space", () => {
    const flat = toSet(product(randomRows(5, 40, 2), randomRows(6, 2, 8)));
    expect(frechetDistance(flat, flat)).toBeCloseTo(0, 5);
    const few = toSet(randomRows(7, 5, 8));
    expect(frechetDistance(few, few)).toBeCloseTo(0, 5);
  });

  it("refuses a single vector and vectors of different lengths", () => {
    const two = toSet(randomRows(8, 2, 3));
    expect(() => frechetDistance(two, toSet([[1, 2, 3]]))).toThrow("got 1 of 3");
    expect(() => frechetDistance(two, toSet(randomRows(9, 4, 2)))).toThrow("got 4 of 2");
  });
});

describe("symmetricEigenvalues", () => {
  it("finds the eigenvalues that a matrix was made of, doubled ones and zeros included", () => {
    const values = [-3, 0, 0, 1e-3, 2, 2, 50];
    const Q = rotation(values.length);
    const scaled = Q.map((row) => row.map((value, j) => value * (values[j] ?? NaN)));
    const transposed = Q.map((_, i) => Q.map((row) => row[i] ?? NaN));
    const found = symmetricEigenvalues(Float64Array.from(product(scaled, transposed).flat()), 7);
    found.forEach((value, i) => expect(value).toBeCloseTo(values[i] ?? NaN, 11));
  });

  it("the discrete Laplacian: 2 - 2 cos(k pi / (n + 1))", () => {
    const n = 60;
    const laplacian = Float64Array.from({ length: n * n }, (_, at) => {
      const distance = Math.abs(Math.floor(at / n) - (at % n));
      return distance === 0 ? 2 : distance === 1 ? -1 : 0;
    });
    symmetricEigenvalues(laplacian, n).forEach((value, k) =>
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)), 12),
    );
  });

  it("takes small matrices and refuses what is not square", () => {
    expect(symmetricEigenvalues(new Float64Array(0), 0)).toEqual([]);
    expect(symmetricEigenvalues(Float64Array.of(7), 1)[0]).toBeCloseTo(7, 12);
    expect(symmetricEigenvalues(new Float64Array(9), 3)).toEqual([0, 0, 0]);
    expect(() => symmetricEigenvalues(new Float64Array(6), 3)).toThrow("3 x 3 values, got 6");
  });
});
