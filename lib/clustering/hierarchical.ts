import type { Matrix } from '../base/matrix';
import { defaultMatrixBytes, squaredDistances } from './distance-matrix';
import { mergeTree, type MergeTree } from './merge-tree';
import { expectPoints } from './points';

/**
 * How far apart two groups are.
 *
 * - `ward`: how much joining them adds to the sum of squared distances from the means, as sqrt(2 x that): groups of like
 *   width, the nearest to k-means
 * - `average`: the mean distance of their pairs
 * - `complete`: the largest: tight groups
 * - `single`: the smallest: chains, groups of any shape
 */
export type Linkage = 'ward' | 'average' | 'complete' | 'single';

export interface HierarchicalOptions {
  readonly linkage: Linkage;
  /** Most memory for the distances, in bytes. Default 1 GiB, enough for 16,384 points. */
  readonly maxMatrixBytes?: number;
}

/**
 * Join the two nearest groups, again and again, from single points to one group of all.
 *
 * The tree holds every number of groups at once: `cutTree` gives their labels, `dendrogram` their picture. Distances are
 * Euclidean, in double precision. Time O(N² D), memory N² / 2 numbers; where two pairs of groups are equally near, which
 * is joined first depends on the order of the points.
 *
 * ml-hclust 4.0.0 (`agnes`, ward2) takes 2.7 s of CPU time for 1,000 x 64 where this takes .1 s, and grows with the cube
 * of N.
 *
 * @param points `[N, D]`
 * @throws InputError when a point is not finite, there are none, or the distances do not fit
 * @source Müllner, "Modern hierarchical, agglomerative clustering algorithms", arXiv:1109.2378, 2011, §3.2
 *   (nearest-neighbour chain), fig. 2 (updates, Lance & Williams 1967)
 * @source Ward, "Hierarchical Grouping to Optimize an Objective Function", J. American Statistical Association 58, 1963
 */
export function hierarchical(points: Matrix, options: HierarchicalOptions): MergeTree {
  const { linkage, maxMatrixBytes = defaultMatrixBytes } = options;
  expectPoints('hierarchical', points, 1);
  const N = points.rows;
  const distances = squaredDistances('hierarchical', points, maxMatrixBytes);
  // Ward's update is one of squares, the mean one of distances; the others need only the order.
  if (linkage !== 'ward')
    for (let pair = 0; pair < distances.length; pair++) distances[pair] = Math.sqrt(distances[pair]!);
  const merges = joinNearest(N, distances, linkage);
  const height = (found: number): number => (linkage === 'ward' ? Math.sqrt(Math.max(0, found)) : found);
  return mergeTree(
    N,
    merges.map((merge) => ({ ...merge, height: height(merge.height) })),
  );
}

interface Merge {
  readonly a: number;
  readonly b: number;
  readonly height: number;
}

/**
 * Follow nearest neighbours until two groups are each other's, join these, and go on from the chain's rest. For these four
 * linkages the joins are those of the nearest pair of all, in another order.
 */
function joinNearest(N: number, distances: Float64Array, linkage: Linkage): Merge[] {
  /** Where the distances of a row to later rows begin, less the row's own place: pair (i, j) is at row[i] + j. */
  const row = Float64Array.from({ length: N }, (_, i) => (i * (2 * N - i - 3)) / 2 - 1);
  const size = new Float64Array(N).fill(1);
  let active = Int32Array.from({ length: N }, (_, group) => group);
  let numActive = N;
  const isGone = new Uint8Array(N);
  const chain = new Int32Array(N);
  let length = 0;
  const merges: Merge[] = [];

  while (merges.length < N - 1) {
    if (length === 0) chain[length++] = firstLeft(active, isGone);
    let one: number;
    let nearest: number;
    let least: number;
    for (;;) {
      one = chain[length - 1]!;
      // Among equally near ones the group before in the chain, or the chain would go round for ever.
      nearest = length > 1 ? chain[length - 2]! : -1;
      least = nearest < 0 ? Infinity : distances[pairOf(row, one, nearest)]!;
      const own = row[one]!;
      for (let place = 0; place < numActive; place++) {
        const other = active[place]!;
        if (other === one || isGone[other] === 1) continue;
        const distance = distances[other > one ? own + other : row[other]! + one]!;
        if (distance < least) {
          least = distance;
          nearest = other;
        }
      }
      if (length > 1 && nearest === chain[length - 2]) break;
      chain[length++] = nearest;
    }
    length -= 2;

    const gone = Math.min(one, nearest);
    const kept = Math.max(one, nearest);
    merges.push({ a: gone, b: kept, height: least });
    isGone[gone] = 1;
    const sizeGone = size[gone]!;
    const sizeKept = size[kept]!;
    for (let place = 0; place < numActive; place++) {
      const other = active[place]!;
      if (other === kept || isGone[other] === 1) continue;
      const at = pairOf(row, kept, other);
      const toKept = distances[at]!;
      const toGone = distances[pairOf(row, gone, other)]!;
      switch (linkage) {
        case 'ward': {
          const own = size[other]!;
          const sum = (own + sizeGone) * toGone + (own + sizeKept) * toKept - own * least;
          distances[at] = sum / (own + sizeGone + sizeKept);
          break;
        }
        case 'average':
          distances[at] = (sizeGone * toGone + sizeKept * toKept) / (sizeGone + sizeKept);
          break;
        case 'complete':
          distances[at] = Math.max(toGone, toKept);
          break;
        case 'single':
          distances[at] = Math.min(toGone, toKept);
          break;
      }
    }
    size[kept] = sizeGone + sizeKept;
    if (merges.length % 64 === 0) {
      active = active.filter((group) => isGone[group] === 0);
      numActive = active.length;
    }
  }
  return merges;
}

const pairOf = (row: Float64Array, one: number, other: number): number =>
  one < other ? row[one]! + other : row[other]! + one;

function firstLeft(active: Int32Array, isGone: Uint8Array): number {
  return active.find((group) => isGone[group] === 0)!;
}
