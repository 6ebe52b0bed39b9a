import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../lib/base/errors';
import { matrixFromRows, type Matrix } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import { dbscan } from '../../lib/clustering/dbscan';
import { gaussianMixture } from '../../lib/clustering/gaussian-mixture';
import { hdbscan } from '../../lib/clustering/hdbscan';
import { hierarchical } from '../../lib/clustering/hierarchical';
import { kmeans } from '../../lib/clustering/kmeans';
import { cutTree } from '../../lib/clustering/merge-tree';
import { miniBatchKmeans } from '../../lib/clustering/mini-batch-kmeans';
import { spectral } from '../../lib/clustering/spectral';
import { adjustedRand } from '../../lib/evaluation/adjusted-rand';
import { startBackend } from '../../lib/nn/backend';

beforeAll(async () => {
  await startBackend();
});

/** Every way to group points, asked for two groups where it has a k. */
const methods: Readonly<Record<string, (points: Matrix) => ArrayLike<number>>> = {
  kmeans: (points) => kmeans(points, { k: 2, rng: createRng(1) }).labels,
  miniBatchKmeans: (points) => miniBatchKmeans(points, { k: 2, rng: createRng(1), steps: 20 }).labels,
  gaussianMixture: (points) =>
    gaussianMixture(points, { k: 2, rng: createRng(1), covariance: 'diagonal' }).labels,
  spectral: (points) => spectral(points, { k: 2, neighbors: 3, rng: createRng(1) }).labels,
  ward: (points) => cutTree(hierarchical(points, { linkage: 'ward' }), { k: 2 }),
  average: (points) => cutTree(hierarchical(points, { linkage: 'average' }), { k: 2 }),
  complete: (points) => cutTree(hierarchical(points, { linkage: 'complete' }), { k: 2 }),
  dbscan: (points) => dbscan(points, { eps: 2, minPoints: 3 }).labels,
  hdbscan: (points) => hdbscan(points, { minClusterSize: 5 }).labels,
};

const names = Object.keys(methods);
const rng = createRng(5);
const twoGroups = Array.from({ length: 40 }, (_, row) => [(row % 2) * 10 + rng.normal(), rng.normal()]);
const truth = twoGroups.map((_, row) => row % 2);

/** What comes of it: labels, or the sentence of a refusal. Anything but these two errors is thrown on. */
function outcome(name: string, rows: readonly (readonly number[])[]): string {
  try {
    const labels = Array.from(methods[name]!(matrixFromRows(rows)));
    expect(labels.length).toBe(rows.length);
    for (const label of labels) expect(Number.isInteger(label) && label >= -1).toBe(true);
    return labels.join(' ');
  } catch (error) {
    if (error instanceof InputError || error instanceof RangeError) return error.message;
    throw error;
  }
}

describe.each(names)('%s', (name) => {
  it('finds two far groups', () => {
    expect(adjustedRand(methods[name]!(matrixFromRows(twoGroups)), truth)).toBe(1);
  });

  it('names the row that holds no number, or an infinite one', () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      const rows = twoGroups.map((row, at) => (at === 7 ? [row[0]!, bad] : row));
      expect(outcome(name, rows)).toContain(`row 7 of the points (from 0) holds ${bad}`);
    }
  });

  it('is not led astray by a column that is the same for all, however large', () => {
    for (const value of [0, 1, 50_000]) {
      const rows = twoGroups.map((row) => [row[0]!, value, row[1]!]);
      expect(adjustedRand(methods[name]!(matrixFromRows(rows)), truth)).toBe(1);
    }
  });

  it('puts identical points together, or says that they cannot be parted', () => {
    const same = Array.from({ length: 12 }, () => [3, 4]);
    const found = outcome(name, same);
    if (name === 'dbscan') expect(found).toBe(Array(12).fill(0).join(' '));
    else if (name === 'hdbscan')
      expect(found).toBe(Array(12).fill(-1).join(' ')); // one pile is no cluster among others
    else if (['ward', 'average', 'complete'].includes(name)) {
      expect(new Set(found.split(' ')).size).toBeLessThanOrEqual(2); // cut in two somewhere
    } else expect(found).toContain('only 1 different points for 2 clusters');
  });

  it('refuses a single point where it was asked for two groups', () => {
    const found = outcome(name, [[1, 2]]);
    if (name === 'dbscan') expect(found).toBe('-1');
    else expect(found).toMatch(/\b1 points?\b/);
  });
});
