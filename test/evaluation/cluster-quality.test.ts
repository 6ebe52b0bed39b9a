import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrixFromRows } from '../../lib/base/matrix';
import { calinskiHarabasz } from '../../lib/evaluation/calinski-harabasz';
import { daviesBouldin } from '../../lib/evaluation/davies-bouldin';
import { silhouette } from '../../lib/evaluation/silhouette';
import { irisPoints, irisSpecies } from '../clustering/iris';

const points = matrixFromRows([[0, 0], [0, 1], [4, 0], [4, 1], [4, 4], [10, 10]]); // prettier-ignore
const labels = [0, 0, 1, 1, 1, 2];

describe('daviesBouldin', () => {
  it('equals scikit-learn', () => {
    // scikit-learn 1.9.1: davies_bouldin_score(points, labels); davies_bouldin_score(*load_iris(return_X_y=True))
    expect(daviesBouldin(points, labels)).toBeCloseTo(0.3793843590236485, 12);
    expect(daviesBouldin(irisPoints, irisSpecies)).toBeCloseTo(0.7513707094756737, 6); // float32 points
  });

  it('is (1 + 1) / distance for two pairs of points at distance 2', () => {
    const pairs = (distance: number) =>
      matrixFromRows([[0, -1], [0, 1], [distance, -1], [distance, 1]]); // prettier-ignore
    expect(daviesBouldin(pairs(4), [0, 0, 1, 1])).toBe(0.5);
    expect(daviesBouldin(pairs(100), [0, 0, 1, 1])).toBe(0.02);
  });

  it('does not take clusters on the same place for parted ones', () => {
    const same = matrixFromRows([[1], [1], [1], [1]]);
    expect(daviesBouldin(same, [0, 0, 1, 1])).toBe(Infinity);
    expect(daviesBouldin(matrixFromRows([[0], [2], [1], [1]]), [0, 0, 1, 1])).toBe(Infinity);
  });
});

describe('calinskiHarabasz', () => {
  it('equals scikit-learn', () => {
    // scikit-learn 1.9.1: calinski_harabasz_score(points, labels), and of load_iris(return_X_y=True)
    expect(calinskiHarabasz(points, labels)).toBeCloseTo(21.845454545454547, 12);
    expect(calinskiHarabasz(irisPoints, irisSpecies)).toBeCloseTo(487.33087637489984, 3); // float32 points
  });

  it('is the F statistic: 0 for identical points, Infinity for clusters without width', () => {
    // Means 1 and 5 about 3, within 1 + 1 + 1 + 1: (2 * 4 + 2 * 4) / 1 over 4 / 2.
    expect(calinskiHarabasz(matrixFromRows([[0], [2], [4], [6]]), [0, 0, 1, 1])).toBe(8);
    expect(calinskiHarabasz(matrixFromRows([[0.1], [0.1], [0.1]]), [0, 0, 1])).toBe(0);
    expect(calinskiHarabasz(matrixFromRows([[0.1], [0.1], [0.7]]), [0, 0, 1])).toBe(Infinity);
  });
});

describe('all three of quality', () => {
  const measures = { daviesBouldin, calinskiHarabasz, silhouette };
  const grouped = fc
    .array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
      minLength: 6,
      maxLength: 12,
    })
    .map((rows) => ({ rows, own: rows.map((_, row) => row % 3) }));

  it.each(Object.entries(measures))(
    '%s: names of clusters and order of points play no part',
    (_, measure) => {
      fc.assert(
        fc.property(grouped, ({ rows, own }) => {
          const value = measure(matrixFromRows(rows), Int32Array.from(own));
          const renamed = measure(
            matrixFromRows([...rows].reverse()),
            Int32Array.from([...own].reverse(), (label) => 9 - 4 * label),
          );
          if (Number.isFinite(value)) expect(renamed).toBeCloseTo(value, 9);
          else expect(renamed).toBe(value);
        }),
      );
    },
  );

  it.each(Object.entries(measures))(
    '%s: refuses noise, one cluster, all singletons and NaN',
    (_, measure) => {
      const three = matrixFromRows([[0], [1], [5]]);
      expect(() => measure(three, Int32Array.from([0, -1, 1]))).toThrow('point 1 has the label -1');
      expect(() => measure(three, Int32Array.from([0, 0, 0]))).toThrow('got 1 clusters of 3 points');
      expect(() => measure(three, Int32Array.from([0, 1, 2]))).toThrow('got 3 clusters of 3 points');
      expect(() => measure(three, Int32Array.from([0, 1]))).toThrow('3 points and 2 labels');
      const bad = matrixFromRows([[0], [1], [Infinity]]);
      expect(() => measure(bad, Int32Array.from([0, 0, 1]))).toThrow('row 2 holds Infinity');
    },
  );
});
