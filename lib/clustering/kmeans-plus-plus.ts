import { InputError } from '../base/errors';
import type { Matrix } from '../base/matrix';
import type { Rng } from '../base/random';
import { squaredDistance } from '../base/squared-distance';
import { expectPoints } from './points';

/**
 * Choose starting centroids that lie apart: each next one is a point drawn with a chance in proportion to its
 * squared distance from the nearest one chosen so far.
 *
 * Every centroid is one of the points and no two are equal.
 *
 * @returns `[C, D]`
 * @throws InputError when there are fewer different points than clusters, or a point is not finite
 * @source Arthur & Vassilvitskii, "k-means++: The Advantages of Careful Seeding", SODA 2007, §2.2
 * @differs One draw for each centroid; scikit-learn draws 2 + ln k and keeps the best.
 */
export function kmeansPlusPlus(points: Matrix, numClusters: number, rng: Rng): Matrix {
  if (!Number.isInteger(numClusters) || numClusters < 1) {
    throw new RangeError(
      `kmeansPlusPlus: the number of clusters must be a whole number from 1, got ${numClusters}`,
    );
  }
  expectPoints('kmeansPlusPlus', points, numClusters);
  const { rows: N, columns: D, values } = points;
  const start = new Float32Array(numClusters * D);
  const squared = new Float64Array(N).fill(Infinity);

  let chosen = rng.integer(N);
  for (let cluster = 0; ; cluster++) {
    start.set(values.subarray(chosen * D, (chosen + 1) * D), cluster * D);
    if (cluster === numClusters - 1) return { rows: numClusters, columns: D, values: start };

    let total = 0;
    for (let point = 0; point < N; point++) {
      const distance = squaredDistance(values, point * D, chosen * D, D);
      if (distance < squared[point]!) squared[point] = distance;
      total += squared[point]!;
    }
    if (total === 0) {
      throw new InputError(
        `kmeansPlusPlus: there are only ${cluster + 1} different points for ${numClusters} clusters.`,
        `Ask for at most ${cluster + 1} clusters.`,
      );
    }
    chosen = drawInProportion(squared, total, rng);
  }
}

function drawInProportion(weights: Float64Array, total: number, rng: Rng): number {
  let left = rng.next() * total;
  let last = 0;
  for (let index = 0; index < weights.length; index++) {
    if (weights[index] === 0) continue;
    last = index;
    left -= weights[index]!;
    if (left < 0) return index;
  }
  return last; // rounding may leave a crumb: the last point with a weight takes it
}
