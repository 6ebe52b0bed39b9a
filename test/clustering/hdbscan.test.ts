import { beforeAll, describe, expect, it } from 'vitest';
import { matrixFromRows, rowOf, type Matrix } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import { condensedTree, mostStableClusters } from '../../lib/clustering/condensed-tree';
import { hdbscan } from '../../lib/clustering/hdbscan';
import { hierarchical } from '../../lib/clustering/hierarchical';
import { noiseLabel } from '../../lib/clustering/noise';
import { reachabilityTree } from '../../lib/clustering/reachability-tree';
import { adjustedRand } from '../../lib/evaluation/adjusted-rand';
import { startBackend } from '../../lib/nn/backend';
import { expected, pointsOf } from './scikit-learn/expected';

beforeAll(async () => {
  await startBackend();
});

describe('reachabilityTree', () => {
  it('is single linkage when each point is dense enough by itself', () => {
    const tree = reachabilityTree(pointsOf.blobs, 1);
    const wanted = hierarchical(pointsOf.blobs, { linkage: 'single' });
    wanted.heights.forEach((height, merge) => expect(tree.heights[merge]).toBeCloseTo(height, 10));
    expect([...tree.left]).toEqual([...wanted.left]);
    expect([...tree.right]).toEqual([...wanted.right]);
  });

  it('moves sparse points away: to the radius that holds minPoints points', () => {
    // Radii of 3 points: 2 at the places 0 and 2, 1 at 1, 6 at 7: 7 joins at 6, though it is 5 away from 2.
    const tree = reachabilityTree(matrixFromRows([[0], [1], [2], [7]]), 3);
    expect([...tree.heights]).toEqual([2, 2, 6]);
  });
});

describe('condensedTree', () => {
  const tree = reachabilityTree(matrixFromRows([[0], [1], [10], [11], [12], [100]]), 1);

  it('keeps the splits into large parts, and lets small ones fall off', () => {
    // Distances 1 1 1 9 88: 100 falls off at density 1/88, then both groups part at 1/9 and dissolve at 1.
    const { clusters, clusterOf, leaves } = condensedTree(tree, 2);
    expect(clusters.map(({ parent }) => parent)).toEqual([-1, 0, 0]);
    expect(clusters[0]!.stability).toBeCloseTo(1 / 88 + 5 / 9, 12);
    expect(clusters[1]!.birth).toBeCloseTo(1 / 9, 12);
    expect([clusters[1]!.stability, clusters[2]!.stability].sort()).toEqual([
      expect.closeTo((2 * 8) / 9, 12),
      expect.closeTo((3 * 8) / 9, 12),
    ]);
    expect([...leaves]).toEqual([1, 1, 1, 1, 1, expect.closeTo(1 / 88, 12)]);
    expect(clusterOf[0]).toBe(clusterOf[1]);
    expect(clusterOf[5]).toBe(0);
    expect([...mostStableClusters({ clusters, clusterOf, leaves })]).toEqual([0, 1, 1]);
  });

  it('chooses a parent over children that last shorter', () => {
    const cluster = (parent: number, stability: number) => ({ parent, birth: 1, death: 2, stability });
    const chosen = (...clusters: ReturnType<typeof cluster>[]) => [
      ...mostStableClusters({ clusters, clusterOf: new Int32Array(0), leaves: new Float64Array(0) }),
    ];
    const tops = [cluster(-1, 99), cluster(0, 5), cluster(0, 4)];
    expect(chosen(...tops, cluster(1, 2), cluster(1, 2))).toEqual([0, 1, 1, 0, 0]);
    expect(chosen(...tops, cluster(1, 3), cluster(1, 3))).toEqual([0, 0, 1, 1, 1]);
    // A grandchild counts as well: 1 + (2 + 3) above 5.
    expect(chosen(...tops, cluster(1, 1), cluster(1, 1), cluster(4, 2), cluster(4, 3))).toEqual([
      0, 0, 1, 1, 0, 1, 1,
    ]);
  });
});

describe('hdbscan', () => {
  it.each(expected.hdbscan)('equals scikit-learn on $data, $minClusterSize and $minPoints', (wanted) => {
    const { data, minClusterSize, minPoints, labels, strengths } = wanted;
    const found = hdbscan(pointsOf[data], { minClusterSize, minPoints });
    expect(adjustedRand(found.labels, labels)).toBe(1);
    expect([...found.labels].map((label) => label === noiseLabel)).toEqual(labels.map((label) => label < 0));
    strengths.forEach((strength, point) => expect(found.strengths[point]).toBeCloseTo(strength, 6));
  });

  it('finds groups of very different density, which no eps of DBSCAN does', () => {
    const rng = createRng(1);
    const widths = [0.05, 1, 5];
    const truth = Int32Array.from({ length: 300 }, (_, row) => row % 3);
    const points = matrixFromRows(
      Array.from(truth, (group) => [
        40 * group + widths[group]! * rng.normal(),
        widths[group]! * rng.normal(),
      ]),
    );
    const { labels, numClusters } = hdbscan(points, { minClusterSize: 15 });
    expect(numClusters).toBe(3);
    expect(adjustedRand(labels, truth)).toBeGreaterThan(0.85);
  });

  it('gives the same clusters in any order of the points, equal distances or not', () => {
    const rng = createRng(2);
    const grid = matrixFromRows(
      Array.from({ length: 150 }, (_, row) => [
        20 * (row % 3) + Math.round(3 * rng.normal()),
        Math.round(3 * rng.normal()),
      ]),
    );
    for (const points of [grid, pointsOf.blobs]) {
      for (const minClusterSize of [3, 5, 10]) {
        const one = hdbscan(points, { minClusterSize });
        for (let seed = 0; seed < 5; seed++) {
          const order = createRng(seed).shuffle([...Array(points.rows).keys()]);
          const shuffled = matrixFromRows(order.map((row) => [...rowOf(points, row)]));
          const other = hdbscan(shuffled, { minClusterSize });
          expect(
            adjustedRand(
              order.map((row) => one.labels[row]!),
              other.labels,
            ),
          ).toBe(1);
          expect([...other.strengths]).toEqual(order.map((row) => one.strengths[row]!));
        }
      }
    }
  });

  it('parts two piles of identical points, and calls one pile, or one point, noise', () => {
    const piles = matrixFromRows(Array.from({ length: 20 }, (_, row) => [row % 2]));
    expect(hdbscan(piles, { minClusterSize: 4 })).toEqual({
      labels: Int32Array.from({ length: 20 }, (_, row) => row % 2),
      strengths: new Float64Array(20).fill(1),
      numClusters: 2,
      numNoise: 0,
    });
    const pile: Matrix = { rows: 12, columns: 2, values: new Float32Array(24) };
    expect(hdbscan(pile, { minClusterSize: 4 }).numNoise).toBe(12);
    expect(hdbscan(matrixFromRows([[3]]), { minPoints: 1 }).numNoise).toBe(1);
  });

  it('refuses what it cannot work with', () => {
    expect(() => hdbscan(matrixFromRows([[1], [NaN]]))).toThrow('row 1');
    expect(() => hdbscan(matrixFromRows([[1], [2]]))).toThrow(
      '2 points, and minPoints is 5. Ask for at most 2.',
    );
    expect(() => hdbscan(matrixFromRows([[1]]), { minClusterSize: 1 })).toThrow('got 1');
    expect(() => hdbscan(matrixFromRows([[1]]), { minPoints: 0 })).toThrow('got 0');
  });
});
