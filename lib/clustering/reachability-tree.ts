import type { Matrix } from '../base/matrix';
import { mergeTree, type MergeTree } from './merge-tree';
import { nearestNeighbors } from './nearest-neighbors';

/**
 * Join points from dense regions to sparse ones: single linkage on the mutual reachability distance.
 *
 * That distance is the Euclidean one, but never below the radius within which either point has `minPoints` points, itself
 * counted: sparse points move away from all others, so that a thin bridge of them no longer chains two groups. Through the
 * minimum spanning tree, point by point: time O(N² D), memory O(N D), no matrix of distances.
 *
 * @param minPoints 1 to N; 1 leaves the distances as they are
 * @source Campello, Moulavi & Sander, "Density-Based Clustering Based on Hierarchical Density Estimates", PAKDD 2013, §3
 */
export function reachabilityTree(points: Matrix, minPoints: number): MergeTree {
  const { rows: N, columns: D, values } = points;
  const core = coreDistances(points, minPoints);
  const least = new Float64Array(N).fill(Infinity); // to the tree so far
  const nearest = new Int32Array(N);
  const left = Int32Array.from({ length: N - 1 }, (_, place) => place + 1);
  const merges: { a: number; b: number; height: number }[] = [];
  let newest = 0;
  for (let numLeft = N - 1; numLeft > 0; numLeft--) {
    let best = 0; // place in `left`
    for (let place = 0; place < numLeft; place++) {
      const point = left[place]!;
      const bound = least[point]!;
      const atLeast = Math.max(core[newest]!, core[point]!);
      if (atLeast < bound) {
        const distance = Math.max(atLeast, distanceBelow(values, newest * D, point * D, D, bound));
        if (distance < bound) {
          least[point] = distance;
          nearest[point] = newest;
        }
      }
      if (least[point]! < least[left[best]!]!) best = place;
    }
    newest = left[best]!;
    merges.push({ a: nearest[newest]!, b: newest, height: least[newest]! });
    left.copyWithin(best, best + 1, numLeft); // keeps the order, so that the lowest row wins a tie
  }
  return mergeTree(N, merges);
}

function coreDistances(points: Matrix, minPoints: number): Float64Array {
  if (minPoints === 1) return new Float64Array(points.rows);
  const { k, distances } = nearestNeighbors(points, minPoints - 1);
  return Float64Array.from({ length: points.rows }, (_, point) => distances[point * k + k - 1]!);
}

/** The distance; Infinity as soon as it is known not to be below `bound`. */
function distanceBelow(values: Float32Array, from: number, to: number, D: number, bound: number): number {
  const limit = bound * bound;
  let squared = 0;
  for (let axis = 0; axis < D; axis++) {
    const gap = values[from + axis]! - values[to + axis]!;
    squared += gap * gap;
    if (squared > limit) return Infinity;
  }
  return Math.sqrt(squared);
}
