import { beforeAll, describe, expect, it } from 'vitest';
import { matrixFromRows, type Matrix } from '../../lib/base/matrix';
import { createRng, type Rng } from '../../lib/base/random';
import { gapStatistic, type GapOptions } from '../../lib/clustering/gap-statistic';
import { kmeans } from '../../lib/clustering/kmeans';
import { startBackend } from '../../lib/nn/backend';

beforeAll(async () => {
  await startBackend();
});

const cluster: GapOptions['cluster'] = (points, k, rng) => kmeans(points, { k, rng, restarts: 3 }).labels;

function draw(
  N: number,
  D: number,
  seed: number,
  value: (rng: Rng, point: number, axis: number) => number,
): Matrix {
  const rng = createRng(seed);
  const values = Float32Array.from({ length: N * D }, (_, at) => value(rng, Math.floor(at / D), at % D));
  return { rows: N, columns: D, values };
}

/** Parts equal intervals of [0, 1]: the best groups of evenly spread numbers, whatever the draw. */
const cut: GapOptions['cluster'] = ({ rows, values }, k) => {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return Int32Array.from({ length: rows }, (_, point) =>
    Math.min(k - 1, Math.floor((k * (values[point]! - low)) / (high - low))),
  );
};

describe('gapStatistic', () => {
  it('has the widths of school: N / 12 for evenly spread numbers, a k-th of the width for k intervals', () => {
    const N = 4000;
    const points = draw(N, 1, 1, (_, point) => (point + 0.5) / N);
    const { rows } = gapStatistic(points, { maxK: 4, cluster: cut, rng: createRng(1), box: 'columns' });
    for (const { k, logWithin, expected, gap, error } of rows) {
      expect(logWithin).toBeCloseTo(Math.log(N / 12 / k ** 2), 4);
      // Standard deviation of the mean square of N even numbers: sqrt(4 / 5 / N) of it, 1.4 %.
      expect(Math.abs(expected - Math.log(N / 12 / k ** 2))).toBeLessThan(0.015);
      expect(gap).toBeCloseTo(expected - logWithin, 12);
      expect(error).toBeGreaterThan(0);
      expect(error).toBeLessThan(0.03);
    }
  });

  it('finds three planted groups, in either box', () => {
    const points = draw(150, 3, 2, (rng, point, axis) => (point % 3 === axis ? 6 : 0) + rng.normal());
    for (const box of ['columns', 'components'] as const) {
      expect(gapStatistic(points, { maxK: 6, cluster, rng: createRng(3), box }).best).toBe(3);
    }
  });

  it('says that there are none in a single cloud, and in a slanting one if the box slants too', () => {
    const cloud = draw(200, 2, 4, (rng) => rng.normal());
    expect(gapStatistic(cloud, { maxK: 5, cluster, rng: createRng(5) }).best).toBe(1);
    const rng = createRng(6);
    const line = matrixFromRows(
      Array.from({ length: 200 }, () => {
        const along = 20 * rng.next();
        return [along + 0.2 * rng.next(), along + 0.2 * rng.next()];
      }),
    );
    expect(gapStatistic(line, { maxK: 5, cluster, rng: createRng(7) }).best).toBe(1);
    expect(gapStatistic(line, { maxK: 5, cluster, rng: createRng(7), box: 'columns' }).best).not.toBe(1);
  });

  it('is the same for the same seed, and says when the gap rises to the end', () => {
    const points = draw(120, 1, 8, (rng, point) => 10 * (point % 2) + rng.normal());
    const run = () => gapStatistic(points, { maxK: 2, cluster, rng: createRng(9), references: 5 });
    expect(run()).toEqual(run());
    expect(run().best).toBeNull();
  });

  it('refuses what has no width', () => {
    const options = { maxK: 3, cluster, rng: createRng(1) };
    const same = matrixFromRows([[1], [1], [1]]);
    expect(() => gapStatistic(same, options)).toThrow('Give points that differ.');
    const two = matrixFromRows([[1], [1], [2], [2]]);
    expect(() => gapStatistic(two, options)).toThrow('Ask for a maxK below 2.');
    expect(() => gapStatistic(two, { ...options, maxK: 5 })).toThrow('4 points cannot make 5 clusters');
    expect(() => gapStatistic(two, { ...options, maxK: 1 })).toThrow('maxK must be a whole number from 2');
    expect(() => gapStatistic(two, { ...options, references: 1 })).toThrow('references');
    expect(() => gapStatistic(matrixFromRows([[1], [NaN], [2]]), options)).toThrow('row 1');
  });
});
