import { createRequire } from 'node:module';
import { matrixFromRows, toRows, type Matrix } from '../base/matrix';
import { expectPoints } from './points';

/** Points parted into groups around their means. */
export interface KMeansResult {
  /** `[C, D]`. */
  readonly centroids: Matrix;
  /** Nearest centroid of each point, the lowest index among equally near ones. */
  readonly labels: Int32Array;
  /** Sum of squared distances from the points to their centroids. */
  readonly inertia: number;
  /** Times the centroids were moved. */
  readonly iterations: number;
  /** False when `maxIterations` ended it first. */
  readonly converged: boolean;
}

/** What is used of ml-kmeans. */
interface MlKMeans {
  readonly kmeans: (
    points: number[][],
    numClusters: number,
    options: { initialization: number[][]; maxIterations: number; tolerance: number },
  ) => {
    centroids: number[][];
    iterations: number;
    converged: boolean;
    nearest(points: number[][]): number[];
  };
}

export interface KMeansReferenceOptions {
  /** Default 300. */
  readonly maxIterations?: number;
  /** Converged when every centroid's move, squared, is at most this. Default 0: to the fixed point. */
  readonly tolerance?: number;
}

/**
 * k-means by the library ml-kmeans: the independent reference for `kmeans` (kmeans-tensor.ts), and good enough
 * for small data.
 *
 * Slow on large data (about 50 times scikit-learn's time at 100,000 x 64 and 50 clusters). A cluster that loses
 * all its points keeps its centroid.
 *
 * @param start `[C, D]`, the centroids to begin with
 * @throws InputError when a point is not finite or there are fewer points than centroids
 * @source Lloyd, "Least Squares Quantization in PCM", IEEE Trans. Information Theory 28(2), 1982
 */
export function kmeansReference(
  points: Matrix,
  start: Matrix,
  { maxIterations = 300, tolerance = 0 }: KMeansReferenceOptions = {},
): KMeansResult {
  expectPoints('kmeansReference', points, start.rows);
  expectStart('kmeansReference', points, start);
  // ml-kmeans is an ES module only: Node's require loads it, TypeScript's import from CommonJS refuses it.
  const { kmeans } = createRequire(__filename)('ml-kmeans') as MlKMeans;
  const rows = toRows(points);
  const result = kmeans(rows, start.rows, { initialization: toRows(start), maxIterations, tolerance });
  const centroids = matrixFromRows(result.centroids);
  // Its own labels belong to the centroids before the last move; these belong to the centroids returned.
  const labels = Int32Array.from(result.nearest(rows));
  return {
    centroids,
    labels,
    inertia: inertiaOf(points, centroids, labels),
    iterations: result.iterations,
    converged: result.converged,
  };
}

/** Sum of squared distances from the points to the centroids of their labels, in double precision. */
export function inertiaOf(points: Matrix, centroids: Matrix, labels: Int32Array): number {
  const D = points.columns;
  let sum = 0;
  for (let point = 0; point < points.rows; point++) {
    const from = point * D;
    const to = labels[point]! * D;
    for (let axis = 0; axis < D; axis++) {
      const gap = points.values[from + axis]! - centroids.values[to + axis]!;
      sum += gap * gap;
    }
  }
  return sum;
}

/** Refuse a start that does not fit the points. @throws RangeError */
export function expectStart(name: string, points: Matrix, start: Matrix): void {
  if (start.rows < 1 || start.columns !== points.columns) {
    throw new RangeError(
      `${name}: the start is ${start.rows} x ${start.columns}, the points have ${points.columns} columns`,
    );
  }
  const bad = start.values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new RangeError(`${name}: start ${Math.floor(bad / start.columns)} holds ${start.values[bad]}`);
}
