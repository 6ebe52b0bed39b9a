import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { matrixFromRows, type Matrix } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import { kmeans, nearestCentroids } from '../../lib/clustering/kmeans';
import { miniBatchKmeans, miniBatchStep } from '../../lib/clustering/mini-batch-kmeans';
import { adjustedRand } from '../../lib/evaluation/adjusted-rand';
import { startBackend } from '../../lib/nn/backend';
import { expected, pointsOf } from './scikit-learn/expected';

beforeAll(async () => {
  await startBackend();
});

function groups(N: number, k: number, seed: number): { points: Matrix; truth: Int32Array } {
  const rng = createRng(seed);
  const truth = Int32Array.from({ length: N }, (_, point) => point % k);
  const values = Float32Array.from(
    { length: 2 * N },
    (_, at) => (at % 2 === 0 ? 10 : 3) * (truth[Math.floor(at / 2)]! % (at % 2 === 0 ? k : 2)) + rng.normal(),
  );
  return { points: { rows: N, columns: 2, values }, truth };
}

describe('miniBatchStep', () => {
  it.each(expected.minibatch)(
    'moves centroids as scikit-learn does on $data',
    ({ data, k, batchSize, centroids }) => {
      const { rows, columns, values } = pointsOf[data];
      const running = {
        means: Float64Array.from(values.subarray(0, k * columns)),
        counts: new Float64Array(k),
      };
      let total = 0;
      for (let from = 0; from < rows; from += batchSize) {
        const numRows = Math.min(batchSize, rows - from);
        const batch = values.subarray(from * columns, (from + numRows) * columns);
        total += miniBatchStep(running, { rows: numRows, columns, values: batch }).reduce((a, b) => a + b, 0);
      }
      centroids.forEach((value, place) => expect(running.means[place]).toBeCloseTo(value, 5));
      expect(total).toBe(rows);
      expect(running.counts.reduce((a, b) => a + b, 0)).toBe(rows);
    },
  );

  it('holds the mean of all points drawn, and leaves a centroid without points where it is', () => {
    const running = { means: Float64Array.of(0, 100), counts: new Float64Array(2) };
    expect([...miniBatchStep(running, matrixFromRows([[1], [3]]))]).toEqual([2, 0]);
    expect([...miniBatchStep(running, matrixFromRows([[5]]))]).toEqual([1, 0]);
    expect(running).toEqual({ means: Float64Array.of(3, 100), counts: Float64Array.of(3, 0) });
  });
});

describe('miniBatchKmeans', () => {
  it('finds planted groups, nearly as well as k-means on all points', () => {
    const { points, truth } = groups(5000, 4, 1);
    const found = miniBatchKmeans(points, { k: 4, rng: createRng(2), batchSize: 256, steps: 100 });
    expect(adjustedRand(found.labels, truth)).toBeGreaterThan(0.99);
    expect(found.inertia).toBeLessThan(1.02 * kmeans(points, { k: 4, rng: createRng(2) }).inertia);
    expect(found.labels).toEqual(nearestCentroids(points, found.centroids));
    expect(found.reseeded).toBe(0);
  });

  it('puts a centroid that draws nothing elsewhere, and says so', () => {
    const { points } = groups(2000, 3, 3);
    const start = matrixFromRows([[0, 0], [10, 3], [9999, 9999]]); // prettier-ignore
    const found = miniBatchKmeans(points, { start, rng: createRng(4), batchSize: 128, steps: 60 });
    expect(found.reseeded).toBeGreaterThan(0);
    expect(new Set(found.labels).size).toBe(3);
    expect(Math.max(...found.centroids.values)).toBeLessThan(40);
  });

  it('is the same for the same seed and leaves no tensor behind', () => {
    const { points } = groups(1000, 3, 5);
    const run = (seed: number) =>
      miniBatchKmeans(points, { k: 3, rng: createRng(seed), batchSize: 64, steps: 5 });
    const before = tf.memory().numTensors;
    expect(run(6)).toEqual(run(6));
    expect(run(6).centroids).not.toEqual(run(7).centroids);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses what it cannot work with', () => {
    const rng = createRng(1);
    expect(() => miniBatchKmeans(matrixFromRows([[1], [NaN]]), { k: 1, rng })).toThrow('row 1');
    expect(() => miniBatchKmeans(matrixFromRows([[1], [2]]), { k: 3, rng })).toThrow(
      '2 points cannot make 3',
    );
    expect(() => miniBatchKmeans(matrixFromRows([[1], [1]]), { k: 2, rng })).toThrow(
      'only 1 different points',
    );
    expect(() => miniBatchKmeans(matrixFromRows([[1]]), { k: 1, rng, steps: 0 })).toThrow('steps');
    expect(() => miniBatchKmeans(matrixFromRows([[1]]), { k: 1, rng, batchSize: 0.5 })).toThrow('batchSize');
    const wide = matrixFromRows([[1, 2]]);
    expect(() => miniBatchKmeans(matrixFromRows([[1]]), { start: wide, rng })).toThrow('the start is 1 x 2');
    expect(miniBatchKmeans(matrixFromRows([[4]]), { k: 1, rng, steps: 2 }).inertia).toBe(0);
  });
});
