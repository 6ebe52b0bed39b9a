import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { matrixFromRows, rowOf, type Matrix } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import { kmeansReference } from '../../lib/clustering/kmeans-reference';
import { kmeansPlusPlus } from '../../lib/clustering/kmeans-plus-plus';
import { kmeans, nearestCentroids } from '../../lib/clustering/kmeans';
import { adjustedRand } from '../../lib/evaluation/adjusted-rand';
import { silhouette } from '../../lib/evaluation/silhouette';
import { startBackend } from '../../lib/nn/backend';
import { irisPoints, irisSpecies } from './iris';

beforeAll(async () => {
  await startBackend();
});

/** Points around `clusters` centres; overlapping when `spread` is near 1. */
function blobs(N: number, D: number, clusters: number, spread: number, seed: number): Matrix {
  const rng = createRng(seed);
  const centres = Float64Array.from({ length: clusters * D }, () => rng.normal());
  const values = Float32Array.from(
    { length: N * D },
    (_, place) => centres[(Math.floor(place / D) % clusters) * D + (place % D)]! + spread * rng.normal(),
  );
  return { rows: N, columns: D, values };
}

function firstRows(points: Matrix, rows: number): Matrix {
  return { rows, columns: points.columns, values: points.values.slice(0, rows * points.columns) };
}

describe('kmeans by tensor operations', () => {
  it('gives the same labels as ml-kmeans from the same start', () => {
    for (const [N, D, k, spread] of [
      [600, 8, 5, 0.3],
      [1000, 16, 12, 1],
      [500, 3, 7, 2],
    ] as const) {
      const points = blobs(N, D, k, spread, N);
      const start = firstRows(points, k);
      for (const maxIterations of [1, 2, 7, 300]) {
        const ours = kmeans(points, { start, maxIterations });
        const reference = kmeansReference(points, start, { maxIterations });
        expect(ours.labels).toEqual(reference.labels);
        expect(ours.inertia).toBeCloseTo(reference.inertia, 2);
        expect(ours.converged).toBe(reference.converged);
        for (let place = 0; place < k * D; place++) {
          expect(ours.centroids.values[place]).toBeCloseTo(reference.centroids.values[place]!, 5);
        }
      }
    }
  });

  it('keeps its digits far from the origin', () => {
    const near = blobs(400, 4, 4, 0.5, 5);
    const far = { ...near, values: near.values.map((value) => value + 1000) };
    const start = firstRows(far, 4);
    expect(kmeans(far, { start }).labels).toEqual(kmeansReference(far, start).labels);
  });

  it('finds the optimum of iris (golden: inertia, ARI and silhouette by scikit-learn)', () => {
    const { labels, inertia, converged } = kmeans(irisPoints, { k: 3, rng: createRng(0) });
    expect(converged).toBe(true);
    expect(inertia).toBeCloseTo(78.851441426146, 3);
    expect(adjustedRand(labels, irisSpecies)).toBeCloseTo(0.7302382722834697, 10);
    expect(silhouette(irisPoints, labels)).toBeCloseTo(0.5528190123564095, 6);
  });

  it('breaks ties to the lowest index', () => {
    expect(Array.from(nearestCentroids(matrixFromRows([[5]]), matrixFromRows([[4], [6], [4]])))).toEqual([0]);
  });

  it('starts an empty cluster again at the farthest point, and says so', () => {
    // The third start is too far out for any point. 12 lies farthest from its centroid, 10.
    // sklearn 1.9.1: KMeans(3, init=[[0], [10], [50]], n_init=1).fit(points) gives the same labels.
    const points = matrixFromRows([[0], [1], [10], [12]]);
    const start = matrixFromRows([[0], [10], [50]]);
    const { labels, centroids, reseeded, converged } = kmeans(points, { start });
    expect(Array.from(labels)).toEqual([0, 0, 1, 2]);
    expect(Array.from(centroids.values)).toEqual([0.5, 10, 12]);
    expect([reseeded, converged]).toEqual([1, true]);
    expect(kmeansReference(points, start).inertia).toBe(2.5); // ml-kmeans leaves it empty
  });

  it('fills several empty clusters at once, never by the last point of another', () => {
    // numpy and sklearn 1.9.1: KMeans(4, init=[[0], [100], [200], [300]], n_init=1).fit([[0], [2], [7], [16]]) gives
    // labels 0 3 2 1, inertia 0.
    const points = matrixFromRows([[0], [2], [7], [16]]);
    const { labels, inertia, reseeded } = kmeans(points, {
      start: matrixFromRows([[0], [100], [200], [300]]),
    });
    expect(Array.from(labels)).toEqual([0, 3, 2, 1]);
    expect([inertia, reseeded]).toEqual([0, 3]);
  });

  it('leaves a cluster empty where all points lie on a centroid already', () => {
    const points = matrixFromRows([[1], [1], [1]]);
    const { labels, inertia, reseeded, converged } = kmeans(points, { start: matrixFromRows([[1], [5]]) });
    expect(Array.from(labels)).toEqual([0, 0, 0]);
    expect([inertia, reseeded, converged]).toEqual([0, 0, true]);
  });

  it('leaves no cluster empty, whatever the start', () => {
    const coordinate = fc.integer({ min: -20, max: 20 });
    fc.assert(
      fc.property(
        fc.uniqueArray(coordinate, { minLength: 5, maxLength: 25 }),
        fc.array(coordinate, { minLength: 1, maxLength: 5 }),
        (values, starts) => {
          const points = matrixFromRows(values.map((value) => [value]));
          const { labels, inertia, converged } = kmeans(points, {
            start: matrixFromRows(starts.map((value) => [value])),
          });
          expect(converged).toBe(true);
          expect(new Set(labels).size).toBe(starts.length);
          const one = kmeans(points, { start: matrixFromRows([[starts[0]!]]) });
          expect(inertia).toBeLessThanOrEqual(one.inertia + 1e-6);
        },
      ),
    );
  });

  it('never makes the inertia worse with another iteration, and labels belong to the returned centroids', () => {
    const points = blobs(300, 5, 6, 1, 9);
    const start = firstRows(points, 6);
    let before = Infinity;
    for (let maxIterations = 1; maxIterations <= 12; maxIterations++) {
      const result = kmeans(points, { start, maxIterations });
      expect(result.inertia).toBeLessThanOrEqual(before);
      expect(result.labels).toEqual(nearestCentroids(points, result.centroids));
      before = result.inertia;
    }
  });

  it('is the same for the same seed, and restarts only help', () => {
    const points = blobs(300, 5, 8, 0.8, 4);
    const run = (restarts: number) => kmeans(points, { k: 8, rng: createRng(7), restarts });
    expect(run(3)).toEqual(run(3));
    expect(run(6).inertia).toBeLessThanOrEqual(run(1).inertia);
  });

  it('stops early within the tolerance', () => {
    const points = blobs(1000, 16, 12, 1, 1000);
    const start = firstRows(points, 12);
    const strict = kmeans(points, { start });
    const loose = kmeans(points, { start, tolerance: 0.01 });
    expect(loose.converged).toBe(true);
    expect(loose.iterations).toBeLessThan(strict.iterations);
  });

  it('works through blocks of points and leaves no tensor behind', () => {
    const points = blobs(9000, 2, 1000, 0.5, 2); // 9,000,000 scores: two blocks
    const before = tf.memory().numTensors;
    const start = firstRows(points, 1000);
    expect(kmeans(points, { start, maxIterations: 2 }).labels).toEqual(
      kmeansReference(points, start, { maxIterations: 2 }).labels,
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses what cannot be clustered, naming the row', () => {
    const points = matrixFromRows([[0, 1], [2, NaN], [3, 4]]); // prettier-ignore
    expect(() => kmeans(points, { k: 2, rng: createRng(1) })).toThrow(
      'row 1 of the points (from 0) holds NaN',
    );
    const two = matrixFromRows([[0], [1]]);
    expect(() => kmeans(two, { k: 3, rng: createRng(1) })).toThrow('2 points cannot make 3 clusters');
    expect(() => kmeans(two, { start: matrixFromRows([[1, 2]]) })).toThrow('the start is 1 x 2');
    expect(() => kmeans(two, { start: matrixFromRows([[Infinity]]) })).toThrow('start 0 holds Infinity');
    expect(() => kmeans(two, { k: 1, rng: createRng(1), restarts: 0 })).toThrow('got 0');
    expect(() => kmeans(two, { k: 1, rng: createRng(1), maxIterations: 0 })).toThrow('got 0');
    const same = matrixFromRows([[1], [1], [1]]);
    expect(() => kmeans(same, { k: 2, rng: createRng(1) })).toThrow('only 1 different points for 2 clusters');
    expect(kmeans(same, { k: 1, rng: createRng(1) }).inertia).toBe(0);
  });
});

describe('k-means++', () => {
  it('chooses different points of the data', () => {
    const rows = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 6, maxLength: 30 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 100 }), (values, seed) => {
        const points = matrixFromRows(values.map((value) => [value]));
        const distinct = new Set(values).size;
        const chosen = kmeansPlusPlus(points, distinct, createRng(seed)).values;
        expect(new Set(chosen)).toEqual(new Set(values));
        expect(() => kmeansPlusPlus(points, distinct + 1, createRng(seed))).toThrow('Ask for');
      }),
    );
  });

  it('draws in proportion to the squared distance', () => {
    // From 0, the points 1 and 3 have the weights 1 and 9; from 1: 1 and 4; from 3: 9 and 4.
    const points = matrixFromRows([[0], [1], [3]]);
    const rng = createRng(11);
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 6000; draw++) {
      const start = kmeansPlusPlus(points, 2, rng);
      const key = `${rowOf(start, 0)[0]}${rowOf(start, 1)[0]}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const [key, share] of [
      ['01', 0.1],
      ['03', 0.9],
      ['10', 0.2],
      ['13', 0.8],
      ['30', 9 / 13],
      ['31', 4 / 13],
    ] as const) {
      expect(Math.abs(counts.get(key)! / 2000 - share)).toBeLessThan(0.05);
    }
  });
});
