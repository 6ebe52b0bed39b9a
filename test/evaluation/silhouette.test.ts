import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { matrixFromRows, type Matrix } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import { silhouette, silhouettes } from '../../lib/evaluation/silhouette';
import { startBackend } from '../../lib/nn/backend';

beforeAll(async () => {
  await startBackend();
});

/** By the definition, pair after pair in double precision; clusters 0 to C - 1, none of one point. */
function plainSilhouettes({ rows: N, columns: D, values }: Matrix, labels: Int32Array): number[] {
  const C = Math.max(...labels) + 1;
  return Array.from({ length: N }, (_, one) => {
    const sums = new Float64Array(C);
    const sizes = new Float64Array(C);
    for (let other = 0; other < N; other++) {
      if (other === one) continue;
      let squared = 0;
      for (let axis = 0; axis < D; axis++)
        squared += (values[one * D + axis]! - values[other * D + axis]!) ** 2;
      sums[labels[other]!]! += Math.sqrt(squared);
      sizes[labels[other]!]!++;
    }
    const means = Array.from(sums, (sum, place) => sum / sizes[place]!);
    const a = means[labels[one]!]!;
    const b = Math.min(...means.filter((_, place) => place !== labels[one]));
    return a === b ? 0 : (b - a) / Math.max(a, b);
  });
}

describe('silhouettes', () => {
  const points = matrixFromRows([[0, 0], [0, 1], [4, 0], [4, 1], [4, 4], [10, 10]]); // prettier-ignore

  it('equal scikit-learn, with 0 for a point alone in its cluster', () => {
    // scikit-learn 1.9.1: silhouette_samples(X, [0, 0, 1, 1, 1, 2])
    const expected = [
      0.7822925445945071, 0.7713955762008279, 0.3844718719116973, 0.5075774975293579, 0.34314575050761975, 0,
    ];
    const labels = Int32Array.from([0, 0, 1, 1, 1, 2]);
    silhouettes(points, labels).forEach((value, point) => expect(value).toBeCloseTo(expected[point]!, 6));
    expect(silhouette(points, labels)).toBeCloseTo(0.46481387345733505, 6);
    // The names of the clusters play no part, nor do gaps in the numbering.
    expect(
      silhouette(
        points,
        labels.map((label) => 9 - 3 * label),
      ),
    ).toBeCloseTo(0.46481387345733505, 6);
  });

  it('equal the definition, far from the origin, with near twins, and over several blocks of points', () => {
    const rng = createRng(3);
    const draw = (N: number, D: number, shift: number, width: number): Matrix => ({
      rows: N,
      columns: D,
      values: Float32Array.from(
        { length: N * D },
        (_, place) => shift + 10 * (Math.floor(place / D) % 3) + width * rng.normal(),
      ),
    });
    // 3,200² products are more than one block holds; width .01 makes every neighbour a near twin.
    for (const [N, D, shift, width] of [
      [60, 5, 0, 3],
      [60, 5, 4000, 3],
      [90, 2, 0, 0.01],
      [3200, 2, 0, 4],
    ] as const) {
      const drawn = draw(N, D, shift, width);
      const labels = Int32Array.from({ length: N }, (_, point) => (point * 7) % 4);
      const expected = plainSilhouettes(drawn, labels);
      const before = tf.memory().numTensors;
      silhouettes(drawn, labels).forEach((value, point) =>
        expect(Math.abs(value - expected[point]!)).toBeLessThan(1e-5),
      );
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  it('tell clusters apart whose distances are lost in the products: two within each of two far piles', () => {
    const rng = createRng(4);
    const labels = Int32Array.from({ length: 80 }, (_, point) => point % 4);
    const piles = matrixFromRows(
      Array.from(labels, (label) => [
        (label < 2 ? -100 : 100) + 0.02 * (label % 2) + 0.01 * rng.normal(),
        0.01 * rng.normal(),
      ]),
    );
    const expected = plainSilhouettes(piles, labels);
    expect(Math.max(...expected)).toBeLessThan(0.9); // not 1 by the distance of the piles
    silhouettes(piles, labels).forEach((value, point) =>
      expect(Math.abs(value - expected[point]!)).toBeLessThan(1e-5),
    );
  });

  it('put identical points of two clusters on the border', () => {
    const same = matrixFromRows([[1], [1], [1], [1]]);
    expect(silhouette(same, Int32Array.from([0, 0, 1, 1]))).toBe(0);
  });

  it('refuse one cluster, all singletons, missing labels and NaN', () => {
    const two = matrixFromRows([[0], [1]]);
    expect(() => silhouette(two, Int32Array.from([0, 0]))).toThrow('got 1 clusters of 2 points');
    expect(() => silhouette(two, Int32Array.from([0, 1]))).toThrow('got 2 clusters of 2 points');
    expect(() => silhouette(two, Int32Array.from([0]))).toThrow('2 points and 1 labels');
    expect(() => silhouette(matrixFromRows([[0], [NaN], [1]]), Int32Array.from([0, 1, 1]))).toThrow(
      'row 1 holds NaN',
    );
  });
});
