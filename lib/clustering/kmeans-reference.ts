import { createRequire } from 'node:module';
import { matrixFromRows, toRows, type Matrix } from '../base/matrix';
import type { KMeansResult } from './kmeans';
import { expectPoints, expectStart, inertiaOf } from './points';

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
 * k-means by the library ml-kmeans: the independent reference for `kmeans` (kmeans.ts), and good enough
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
    reseeded: 0,
  };
}
