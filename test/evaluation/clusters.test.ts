import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrixFromRows } from '../../lib/base/matrix';
import { adjustedRand } from '../../lib/evaluation/adjusted-rand';
import { silhouette, silhouettes } from '../../lib/evaluation/silhouette';

describe('adjustedRand', () => {
  it('equals scikit-learn', () => {
    // scikit-learn 1.9.1: adjusted_rand_score(a, b)
    expect(adjustedRand([0, 0, 1, 1], [0, 0, 1, 2])).toBeCloseTo(0.5714285714285714, 14);
    expect(adjustedRand([0, 0, 1, 1, 2, 2, 2], [1, 1, 0, 0, 0, 2, 2])).toBeCloseTo(0.475, 14);
    expect(adjustedRand([0, 0, 1, 1], [0, 1, 0, 1])).toBeCloseTo(-0.5, 14);
    expect(adjustedRand([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2])).toBeCloseTo(0.24242424242424243, 14);
  });

  it('is 1 for the same groups under other names, symmetric, and at most 1', () => {
    const labels = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(labels, labels, (a, b) => {
        expect(
          adjustedRand(
            a,
            a.map((label) => 7 - label),
          ),
        ).toBe(1);
        const length = Math.min(a.length, b.length);
        const [left, right] = [a.slice(0, length), b.slice(0, length)];
        const value = adjustedRand(left, right);
        expect(value).toBe(adjustedRand(right, left));
        expect(value).toBeLessThanOrEqual(1);
        expect(value).toBeGreaterThanOrEqual(-0.5);
      }),
    );
  });

  it('refuses groupings of different things', () => {
    expect(() => adjustedRand([0], [0, 1])).toThrow('got 1 and 2');
    expect(() => adjustedRand([], [])).toThrow('got 0 and 0');
  });
});

describe('silhouettes', () => {
  const points = matrixFromRows([[0, 0], [0, 1], [4, 0], [4, 1], [4, 4], [10, 10]]); // prettier-ignore

  it('equal scikit-learn, with 0 for a point alone in its cluster', () => {
    // scikit-learn 1.9.1: silhouette_samples(X, [0, 0, 1, 1, 1, 2])
    const expected = [
      0.7822925445945071, 0.7713955762008279, 0.3844718719116973, 0.5075774975293579, 0.34314575050761975, 0,
    ];
    const labels = Int32Array.from([0, 0, 1, 1, 1, 2]);
    silhouettes(points, labels).forEach((value, point) => expect(value).toBeCloseTo(expected[point]!, 12));
    expect(silhouette(points, labels)).toBeCloseTo(0.46481387345733505, 12);
    // The names of the clusters play no part, nor do gaps in the numbering.
    expect(
      silhouette(
        points,
        labels.map((label) => 9 - 3 * label),
      ),
    ).toBeCloseTo(0.46481387345733505, 12);
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
