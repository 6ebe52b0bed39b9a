import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { matrix, matrixFromRows, rowOf } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import { fitAndProjectPca, fitPca, projectPca } from '../../lib/clustering/pca';
import { startBackend } from '../../lib/nn/backend';
import { irisPoints } from './iris';

beforeAll(async () => {
  await startBackend();
});

describe('fitPca', () => {
  it('equals scikit-learn on iris', () => {
    // scikit-learn 1.9.1, components with the entry of largest magnitude made positive:
    //   p = PCA(4).fit(load_iris().data); p.explained_variance_ratio_, p.explained_variance_, p.components_[:2]
    const pca = fitPca(irisPoints, 4);
    const ratios = [0.9246187232017341, 0.05306648311706383, 0.017102609807927525, 0.00521218387327465];
    ratios.forEach((ratio, place) => expect(pca.explainedVarianceRatio[place]).toBeCloseTo(ratio, 6));
    expect(pca.explainedVariance[0]).toBeCloseTo(4.228241706034864, 4);
    const first = [0.3613865917853687, -0.08452251406456868, 0.8566706059498351, 0.3582891971515508];
    const second = [0.6565887712868422, 0.7301614347850266, -0.17337266279585684, -0.0754810199174632];
    first.forEach((value, axis) => expect(rowOf(pca.components, 0)[axis]).toBeCloseTo(value, 5));
    second.forEach((value, axis) => expect(rowOf(pca.components, 1)[axis]).toBeCloseTo(value, 5));
    const projected = projectPca(fitPca(irisPoints, 2), irisPoints);
    expect(projected.values[0]).toBeCloseTo(-2.6841256259695374, 4);
    expect(projected.values[1]).toBeCloseTo(0.31939724658510027, 4);
  });

  it('finds the line that points lie on, and survives columns without variance', () => {
    const pca = fitPca(matrixFromRows([[1, 2, 7], [2, 4, 7], [3, 6, 7]]), 2); // prettier-ignore
    expect(Array.from(rowOf(pca.components, 0))).toEqual([
      expect.closeTo(1 / Math.sqrt(5), 6),
      expect.closeTo(2 / Math.sqrt(5), 6),
      expect.closeTo(0, 6),
    ]);
    expect(Array.from(pca.explainedVarianceRatio)).toEqual([expect.closeTo(1, 6), expect.closeTo(0, 6)]);
    const same = fitPca(matrixFromRows([[1, 1], [1, 1]]), 1); // prettier-ignore
    expect(Array.from(same.explainedVarianceRatio)).toEqual([0]);
  });

  it('gives directions of unit length at right angles, the same in every call', () => {
    const rng = createRng(3);
    const values = Float32Array.from({ length: 500 * 12 }, () => rng.normal());
    const points = { rows: 500, columns: 12, values };
    const { components } = fitPca(points, 12);
    for (let one = 0; one < 12; one++) {
      for (let other = 0; other <= one; other++) {
        const a = rowOf(components, one);
        const dot = a.reduce((sum, value, axis) => sum + value * rowOf(components, other)[axis]!, 0);
        expect(dot).toBeCloseTo(one === other ? 1 : 0, 5);
      }
    }
    expect(fitPca(points, 12).components.values).toEqual(components.values);
  });

  it('keeps its digits where the columns lie far from 0, and a constant one has no variance', () => {
    const rng = createRng(4);
    const N = 5000;
    // 30,000 in 32 bits is known to .002; the spread is 1 and 3.
    const values = Float32Array.from({ length: 2 * N }, (_, place) =>
      place % 2 === 0 ? 30_000 + rng.normal() : -20_000 + 3 * rng.normal(),
    );
    const { mean, explainedVariance, components } = fitPca(matrix(N, 2, values), 2);
    const own = [0, 1].map((column) => Array.from({ length: N }, (_, row) => values[2 * row + column]!));
    const means = own.map((column) => column.reduce((sum, value) => sum + value, 0) / N);
    const variances = own.map(
      (column, d) => column.reduce((sum, value) => sum + (value - means[d]!) ** 2, 0) / (N - 1),
    );
    for (const d of [0, 1]) expect(Math.abs(mean[d]! - means[d]!)).toBeLessThan(0.002);
    // Nearly unrelated columns: variances are those of the columns but for their small covariance.
    expect(explainedVariance[0]! / variances[1]!).toBeCloseTo(1, 2);
    expect(explainedVariance[1]! / variances[0]!).toBeCloseTo(1, 2);
    expect(Math.abs(components.values[1]!)).toBeGreaterThan(0.99);
    // Two neighbours among 32-bit numbers: the mean is between them and is none.
    const [low, high] = [30_000, Math.fround(30_000.002)] as const;
    const near = fitPca(
      matrix(
        1000,
        2,
        Float32Array.from({ length: 2000 }, (_, i) => (i % 2 ? 1 : i % 4 ? low : high)),
      ),
      2,
    );
    expect(near.explainedVariance[0]! / (((high - low) / 2) ** 2 * (1000 / 999))).toBeCloseTo(1, 4);
    const constant = fitPca(
      matrix(
        1000,
        2,
        Float32Array.from({ length: 2000 }, (_, i) => (i % 2 ? 50_000.5 : i)),
      ),
      2,
    );
    expect(constant.explainedVariance[1]).toBe(0);
    expect(constant.mean[1]).toBe(50_000.5);
  });

  it('projects in one go what it projects in two, far from 0, sorted, and over more rows than the shift is taken from', () => {
    const rng = createRng(6);
    const [N, D] = [3500, 4];
    // Sorted: a shift from the first rows alone would lie far from the mean.
    const values = Float32Array.from(
      { length: N * D },
      (_, at) => 1000 + Math.floor(at / D) / 100 + (1 + (at % D)) * rng.normal(),
    );
    const points = matrix(N, D, values);
    const before = tf.memory().numTensors;
    const { pca, projected } = fitAndProjectPca(points, 3);
    expect(tf.memory().numTensors).toBe(before);
    expect(pca).toEqual(fitPca(points, 3));
    const twice = projectPca(pca, points);
    projected.values.forEach((value, at) => expect(Math.abs(value - twice.values[at]!)).toBeLessThan(2e-3));
    for (let c = 0; c < 3; c++) {
      const own = Array.from({ length: N }, (_, row) => projected.values[3 * row + c]!);
      const mean = own.reduce((sum, value) => sum + value, 0) / N;
      const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (N - 1);
      expect(Math.abs(mean)).toBeLessThan(1e-3);
      expect(variance / pca.explainedVariance[c]!).toBeCloseTo(1, 4);
    }
  });

  it('finds the same near 0, where it leaves the points as they are, and far from it', () => {
    const rng = createRng(7);
    // Multiples of 1/64, so that adding 512 rounds nothing; the means are .9 of the spread.
    const near = Float32Array.from({ length: 4000 * 3 }, () => Math.round(64 * (0.9 + rng.normal())) / 64);
    const [ofNear, ofFar] = [near, near.map((value) => value + 512)].map((values) =>
      fitPca(matrix(4000, 3, values), 3),
    );
    for (let d = 0; d < 3; d++) {
      expect(ofFar!.mean[d]! - 512).toBeCloseTo(ofNear!.mean[d]!, 4);
      expect(ofNear!.explainedVariance[d]! / ofFar!.explainedVariance[d]!).toBeCloseTo(1, 5);
    }
  });

  it('names the row of a number that is not finite, and takes finite ones whose sum is not', () => {
    const spoiled = Float32Array.from({ length: 20 }, (_, i) => i % 7);
    spoiled[13] = Infinity;
    expect(() => fitPca(matrix(10, 2, spoiled), 1)).toThrow('row 6');
    const large = Float32Array.from({ length: 20 }, (_, i) => 3e38 * (i % 2 ? 1 : 0.5));
    expect(fitPca(matrix(10, 2, large), 2).explainedVariance.every((value) => value === 0)).toBe(true);
    const apart = Float32Array.from({ length: 20 }, (_, i) => (i % 4 < 2 ? 3e38 : -3e38));
    expect(() => fitPca(matrix(10, 2, apart), 2)).toThrow('pass the largest 32-bit number');
  });

  it('finds in pure noise what Marchenko and Pastur say: the largest share is (1 + sqrt(D / N))² / D', () => {
    const [N, D] = [10_000, 128];
    const rng = createRng(4);
    const values = Float32Array.from({ length: N * D }, () => rng.normal());
    const [largest] = fitPca({ rows: N, columns: D, values }, 1).explainedVarianceRatio;
    // 1.239 / 128; the edge fluctuates by N^(-2/3), some .3 %.
    expect(Math.abs(largest! / ((1 + Math.sqrt(D / N)) ** 2 / D) - 1)).toBeLessThan(0.02);
  });

  it('refuses what has no components', () => {
    expect(() => fitPca(matrixFromRows([[1, 2]]), 1)).toThrow('1 points');
    expect(() => fitPca(irisPoints, 5)).toThrow('4 columns have 1 to 4 components, asked for 5');
    expect(() => fitPca(matrixFromRows([[1], [NaN]]), 1)).toThrow('row 1');
    expect(() => projectPca(fitPca(irisPoints, 2), matrixFromRows([[1]]))).toThrow(
      'fitted on 4 columns, got 1',
    );
  });
});
