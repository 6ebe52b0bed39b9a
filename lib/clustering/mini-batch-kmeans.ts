import type { Matrix } from '../base/matrix';
import type { Rng } from '../base/random';
import { nearestCentroids } from './kmeans';
import { kmeansPlusPlus } from './kmeans-plus-plus';
import { expectPoints, expectStart, inertiaOf } from './points';

interface MiniBatchSettings {
  readonly rng: Rng;
  /** Points in a step. Default 1024. */
  readonly batchSize?: number;
  /** Default 300. */
  readonly steps?: number;
}

/** Start from given centroids, or from a k-means++ draw among three batches of points. */
export type MiniBatchKMeansOptions = MiniBatchSettings &
  ({ readonly start: Matrix } | { readonly k: number });

export interface MiniBatchKMeansResult {
  /** `[C, D]`. */
  readonly centroids: Matrix;
  /** Nearest centroid of each point, the lowest index among equally near ones. */
  readonly labels: Int32Array;
  /** Sum of squared distances from the points to their centroids. */
  readonly inertia: number;
  /** Times a centroid that drew no points was put elsewhere. */
  readonly reseeded: number;
}

/** Means of the points that each centroid has drawn so far. */
export interface RunningCentroids {
  /** `[C, D]`, in double precision. */
  readonly means: Float64Array;
  /** Points drawn by each. */
  readonly counts: Float64Array;
}

/** Steps without a single point after which a centroid is put elsewhere. */
const idleSteps = 10;

/**
 * k-means for many points: each step looks at a few of them, drawn with replacement, and moves a centroid towards those
 * nearest to it, less and less the more it has drawn.
 *
 * A little worse than `kmeans` and far cheaper: the points are read once for the labels, and 1,024 of them a step. A
 * centroid that draws nothing in ten steps is put on a point of the batch; `reseeded` says how often. All steps are done:
 * there is no early stop.
 *
 * @param points `[N, D]`
 * @throws InputError when a point is not finite, or there are fewer (different) points than clusters
 * @source Sculley, "Web-Scale K-Means Clustering", WWW 2010, algorithm 1
 * @differs The points of a batch move a centroid together, by their mean: the same as one after the other.
 */
export function miniBatchKmeans(points: Matrix, options: MiniBatchKMeansOptions): MiniBatchKMeansResult {
  const { rng, batchSize = 1024, steps = 300 } = options;
  for (const [name, value] of Object.entries({ batchSize, steps })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`miniBatchKmeans: ${name} must be a whole number from 1, got ${value}`);
    }
  }
  if ('start' in options) expectStart('miniBatchKmeans', points, options.start);
  expectPoints('miniBatchKmeans', points, 'start' in options ? options.start.rows : options.k);
  const start = 'start' in options ? options.start : drawStart(points, options.k, batchSize, rng);
  const { rows: C, columns: D } = start;
  const running = { means: Float64Array.from(start.values), counts: new Float64Array(C) };
  const batches = rng.child('batches');
  const drawn = new Float64Array(C); // points since the last look for idle centroids
  let reseeded = 0;
  for (let step = 1; step <= steps; step++) {
    const batch = drawRows(points, batchSize, batches);
    const sizes = miniBatchStep(running, batch);
    for (let cluster = 0; cluster < C; cluster++) drawn[cluster]! += sizes[cluster]!;
    if (step % idleSteps !== 0 || step === steps) continue;
    for (let cluster = 0; cluster < C; cluster++) {
      if (drawn[cluster] === 0) {
        const row = batches.integer(batchSize);
        running.means.set(batch.values.subarray(row * D, (row + 1) * D), cluster * D);
        running.counts[cluster] = 0;
        reseeded++;
      }
    }
    drawn.fill(0);
  }
  const centroids = asMatrix(running, C, D);
  const labels = nearestCentroids(points, centroids);
  return { centroids, labels, inertia: inertiaOf(points, centroids, labels), reseeded };
}

/**
 * Move each centroid to the mean of all points that it has drawn, those of the batch included. Changes `running`.
 *
 * @returns how many points of the batch each centroid drew
 */
export function miniBatchStep({ means, counts }: RunningCentroids, batch: Matrix): Int32Array {
  const { rows: N, columns: D, values } = batch;
  const C = counts.length;
  const labels = nearestCentroids(batch, asMatrix({ means, counts }, C, D));
  const sums = new Float64Array(C * D);
  const sizes = new Int32Array(C);
  for (let point = 0; point < N; point++) {
    const to = labels[point]! * D;
    sizes[labels[point]!]!++;
    for (let axis = 0; axis < D; axis++) sums[to + axis]! += values[point * D + axis]!;
  }
  for (let cluster = 0; cluster < C; cluster++) {
    if (sizes[cluster] === 0) continue;
    const before = counts[cluster]!;
    const after = before + sizes[cluster]!;
    for (let place = cluster * D; place < (cluster + 1) * D; place++) {
      means[place] = (before * means[place]! + sums[place]!) / after;
    }
    counts[cluster] = after;
  }
  return sizes;
}

const asMatrix = ({ means }: RunningCentroids, rows: number, columns: number): Matrix => ({
  rows,
  columns,
  values: Float32Array.from(means),
});

function drawRows({ rows: N, columns: D, values }: Matrix, count: number, rng: Rng): Matrix {
  const drawn = new Float32Array(count * D);
  for (let row = 0; row < count; row++) {
    const from = rng.integer(N) * D;
    drawn.set(values.subarray(from, from + D), row * D);
  }
  return { rows: count, columns: D, values: drawn };
}

/** k-means++ among some points, or among all where the sample holds too few different ones. */
function drawStart(points: Matrix, k: number, batchSize: number, rng: Rng): Matrix {
  const size = 3 * Math.max(batchSize, k);
  if (size >= points.rows) return kmeansPlusPlus(points, k, rng.child('start'));
  return kmeansPlusPlus(drawRows(points, size, rng.child('sample')), k, rng.child('start'));
}
