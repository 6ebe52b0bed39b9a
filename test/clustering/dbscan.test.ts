import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrixFromRows, rowOf, type Matrix } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import { dbscan } from '../../lib/clustering/dbscan';
import { noiseLabel, withoutNoise } from '../../lib/clustering/noise';
import { adjustedRand } from '../../lib/evaluation/adjusted-rand';
import { expected, pointsOf } from './scikit-learn/expected';

const distance = (points: Matrix, a: number, b: number): number =>
  Math.sqrt(rowOf(points, a).reduce((sum, value, axis) => sum + (value - rowOf(points, b)[axis]!) ** 2, 0));

/** Small whole numbers: many ties, also at exactly eps. */
const grids = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }), fc.constant(3)), {
    minLength: 1,
    maxLength: 40,
  })
  .map(matrixFromRows);

describe('dbscan', () => {
  it.each(expected.dbscan)('equals scikit-learn on $data', ({ data, eps, minPoints, labels, core }) => {
    const found = dbscan(pointsOf[data], { eps, minPoints });
    expect([...found.labels]).toEqual(labels);
    expect([...found.core]).toEqual(core);
    expect(found.numNoise).toBe(labels.filter((label) => label === noiseLabel).length);
    expect(found.numClusters).toBe(new Set(labels).size - 1);
  });

  it('does what it says, point by point', () => {
    fc.assert(
      fc.property(
        grids,
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 5 }),
        (points, eps, minPoints) => {
          const { labels, core } = dbscan(points, { eps, minPoints });
          const all = [...labels.keys()];
          for (const one of all) {
            const near = all.filter((other) => distance(points, one, other) <= eps);
            expect(core[one] === 1).toBe(near.length >= minPoints);
            const cores = near.filter((other) => core[other] === 1);
            if (core[one] === 1) for (const other of cores) expect(labels[other]).toBe(labels[one]);
            else if (cores.length === 0) expect(labels[one]).toBe(noiseLabel);
            else expect(cores.map((other) => labels[other])).toContain(labels[one]);
          }
        },
      ),
    );
  });

  it('gives core points the same groups in any order of the points', () => {
    fc.assert(
      fc.property(grids, fc.integer(), (points, seed) => {
        const order = createRng(seed).shuffle([...Array(points.rows).keys()]);
        const shuffled = matrixFromRows(order.map((row) => [...rowOf(points, row)]));
        const one = dbscan(points, { eps: 1, minPoints: 3 });
        const other = dbscan(shuffled, { eps: 1, minPoints: 3 });
        const cores = order.map((row, place) => ({ row, place })).filter(({ row }) => one.core[row] === 1);
        expect(other.numClusters).toBe(one.numClusters);
        if (cores.length === 0) return;
        const agreement = adjustedRand(
          cores.map(({ row }) => one.labels[row]!),
          cores.map(({ place }) => other.labels[place]!),
        );
        expect(agreement).toBe(1);
      }),
    );
  });

  it('takes identical points for one cluster, and a single point for noise', () => {
    const same = matrixFromRows([[1, 2], [1, 2], [1, 2]]); // prettier-ignore
    expect([...dbscan(same, { eps: 0.1, minPoints: 3 }).labels]).toEqual([0, 0, 0]);
    expect([...dbscan(same, { eps: 0.1, minPoints: 4 }).labels]).toEqual([-1, -1, -1]);
    expect(dbscan(matrixFromRows([[5]]), { eps: 1 }).numNoise).toBe(1);
    expect(dbscan(matrixFromRows([[5]]), { eps: 1, minPoints: 1 }).numClusters).toBe(1);
  });

  it('refuses what it cannot work with', () => {
    expect(() => dbscan(matrixFromRows([[1], [NaN]]), { eps: 1 })).toThrow('row 1');
    expect(() => dbscan(matrixFromRows([]), { eps: 1 })).toThrow('0 points');
    expect(() => dbscan(matrixFromRows([[1]]), { eps: 0 })).toThrow('eps must be above 0, got 0');
    expect(() => dbscan(matrixFromRows([[1]]), { eps: 1, minPoints: 0 })).toThrow('got 0');
  });
});

describe('withoutNoise', () => {
  it('keeps the points of clusters with their rows', () => {
    const kept = withoutNoise(matrixFromRows([[1], [2], [3]]), Int32Array.from([0, -1, 1]));
    expect(kept).toEqual({
      points: matrixFromRows([[1], [3]]),
      labels: Int32Array.from([0, 1]),
      rows: Int32Array.from([0, 2]),
    });
    expect(() => withoutNoise(matrixFromRows([[1]]), Int32Array.from([]))).toThrow('1 points and 0 labels');
  });
});
