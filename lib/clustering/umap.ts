import { UMAP } from 'umap-js';
import { matrixFromRows, toRows, type Matrix } from '../base/matrix';
import type { Rng } from '../base/random';
import { nearestNeighbors } from './nearest-neighbors';

export interface UmapOptions {
  readonly rng: Rng;
  /** Columns of the picture. Default 2. */
  readonly dimensions?: number;
  /** Nearest other points that each point is held close to. Few show detail, many the large shape. Default 14. */
  readonly neighbors?: number;
  /** How close points may lie in the picture, 0 to 1. Default .1. */
  readonly minDistance?: number;
  /** Rounds of moving points. Default 500 up to 2,500 points, then fewer, from 400 to 200. */
  readonly epochs?: number;
}

/**
 * Lay points out for a picture in which neighbours stay neighbours.
 *
 * For looking only: distances between groups, their widths and even their number in the picture depend on the settings and
 * the seed; do not cluster the result. `fitPca` keeps distances as far as a plane can. The work is done by umap-js; the
 * neighbours are found by `nearestNeighbors`, exactly. 1,000 x 64 take 2.2 s.
 *
 * @param points `[N, D]`
 * @returns `[N, dimensions]`
 * @throws InputError when a point is not finite, or there are not more than `neighbors`
 * @source McInnes, Healy & Melville, "UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction",
 *   arXiv:1802.03426, 2018
 * @differs The layout starts at random places, not at the spectral embedding.
 */
export function umap(points: Matrix, options: UmapOptions): Matrix {
  const { rng, dimensions = 2, neighbors = 14, minDistance = 0.1, epochs } = options;
  if (!Number.isInteger(dimensions) || dimensions < 1) {
    throw new RangeError(`umap: dimensions must be a whole number from 1, got ${dimensions}`);
  }
  if (!Number.isInteger(neighbors) || neighbors < 2) {
    throw new RangeError(`umap: neighbors must be a whole number from 2, got ${neighbors}`);
  }
  if (!(minDistance >= 0 && minDistance <= 1)) {
    throw new RangeError(`umap: minDistance must be from 0 to 1, got ${minDistance}`);
  }
  if (epochs !== undefined && (!Number.isInteger(epochs) || epochs < 1)) {
    throw new RangeError(`umap: epochs must be a whole number from 1, got ${epochs}`);
  }
  const { indices, distances } = nearestNeighbors(points, neighbors);
  const layout = new UMAP({
    nComponents: dimensions,
    nNeighbors: neighbors + 1, // the point itself counts there
    minDist: minDistance,
    random: () => rng.next(),
    ...(epochs === undefined ? {} : { nEpochs: epochs }),
  });
  const perPoint = (values: ArrayLike<number>, own: (row: number) => number): number[][] =>
    Array.from({ length: points.rows }, (_, row) => [
      own(row),
      ...Array.from({ length: neighbors }, (_, place) => values[row * neighbors + place]!),
    ]);
  layout.setPrecomputedKNN(
    perPoint(indices, (row) => row),
    perPoint(distances, () => 0),
  );
  return matrixFromRows(layout.fit(toRows(points)));
}
