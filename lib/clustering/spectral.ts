import { InputError } from '../base/errors';
import type { Matrix } from '../base/matrix';
import type { Rng } from '../base/random';
import { kmeans } from './kmeans';
import { largestEigenvectors } from './largest-eigenvectors';
import { nearestNeighbors } from './nearest-neighbors';
import { neighborGraph, type SparseGraph } from './neighbor-graph';
import { expectPoints } from './points';

export interface SpectralEmbeddingOptions {
  /** Coordinates for each point, 1 to N. */
  readonly dimensions: number;
  readonly rng: Rng;
  /** Nearest other points that each point is connected with. Default 10. */
  readonly neighbors?: number;
}

/** Points as their graph of neighbours sees them. */
export interface SpectralEmbedding {
  /** `[N, dimensions]`: points that many short ways connect lie close together. */
  readonly coordinates: Matrix;
  /**
   * The smallest eigenvalues of the Laplacian, ascending, 0 to 2. As many are 0 as the graph has separate pieces; a large
   * step after the k-th speaks for k groups.
   */
  readonly eigenvalues: Float64Array;
}

export interface SpectralOptions {
  /** Number of clusters. */
  readonly k: number;
  readonly rng: Rng;
  /** Nearest other points that each point is connected with. Default 10. */
  readonly neighbors?: number;
  /** Starts of k-means on the coordinates. Default 10. */
  readonly restarts?: number;
}

export interface SpectralResult extends SpectralEmbedding {
  readonly labels: Int32Array;
}

/**
 * Give points new coordinates out of the graph of their nearest neighbours: the smoothest functions on the graph.
 *
 * The vectors of the smallest eigenvalues of I - S^-1/2 W S^-1/2, with S the degrees, each divided by the square root of
 * the degree. Signs, and turns between equal eigenvalues, depend on `rng`.
 *
 * @throws InputError when a point is not finite, or there are too few for the neighbours or dimensions
 * @source von Luxburg, "A tutorial on spectral clustering", Statistics and Computing 17, 2007, §§2-4
 */
export function spectralEmbedding(points: Matrix, options: SpectralEmbeddingOptions): SpectralEmbedding {
  const { dimensions, rng, neighbors = 10 } = options;
  if (!Number.isInteger(dimensions) || dimensions < 1) {
    throw new RangeError(`spectralEmbedding: dimensions must be a whole number from 1, got ${dimensions}`);
  }
  expectPoints('spectralEmbedding', points, dimensions);
  const graph = neighborGraph(nearestNeighbors(points, neighbors));
  const { scaled, degrees } = byDegrees(graph);
  const { values, vectors } = largestEigenvectors(scaled, dimensions, { rng });
  const coordinates = new Float32Array(vectors.length);
  for (const [node, degree] of degrees.entries()) {
    const root = Math.sqrt(degree);
    for (let place = node * dimensions; place < (node + 1) * dimensions; place++) {
      coordinates[place] = vectors[place]! / root;
    }
  }
  return {
    coordinates: { rows: points.rows, columns: dimensions, values: coordinates },
    eigenvalues: values.map((value) => Math.max(0, 1 - value)), // rounding may leave 0 slightly below it
  };
}

/**
 * Cut the graph of nearest neighbours into `k` parts so that few connections are cut: finds groups of any shape.
 *
 * k-means on the coordinates of `spectralEmbedding`. Look at the eigenvalues before trusting the parts.
 *
 * @throws InputError when a point is not finite, or there are too few (different) points
 * @source Shi & Malik, "Normalized Cuts and Image Segmentation", IEEE Trans. Pattern Analysis and Machine Intelligence
 *   22(8), 2000
 * @source von Luxburg, "A tutorial on spectral clustering", Statistics and Computing 17, 2007, §4
 * @differs scikit-learn counts a point among its own neighbours: its `n_neighbors` is one more.
 */
export function spectral(points: Matrix, options: SpectralOptions): SpectralResult {
  const { k, rng, neighbors = 10, restarts = 10 } = options;
  if (!Number.isInteger(k) || k < 1)
    throw new RangeError(`spectral: k must be a whole number from 1, got ${k}`);
  expectPoints('spectral', points, k);
  expectDifferent(points, k);
  const embedding = spectralEmbedding(points, { dimensions: k, neighbors, rng: rng.child('embedding') });
  const { labels } = kmeans(embedding.coordinates, { k, rng: rng.child('k-means'), restarts });
  return { ...embedding, labels };
}

/** Each weight divided by the square roots of both degrees. */
function byDegrees(graph: SparseGraph): { scaled: SparseGraph; degrees: Float64Array } {
  const { numNodes, starts, neighbors, weights } = graph;
  const degrees = new Float64Array(numNodes);
  for (let node = 0; node < numNodes; node++) {
    for (let place = starts[node]!; place < starts[node + 1]!; place++) degrees[node]! += weights[place]!;
  }
  const scaled = Float64Array.from(weights);
  for (let node = 0; node < numNodes; node++) {
    for (let place = starts[node]!; place < starts[node + 1]!; place++) {
      scaled[place]! /= Math.sqrt(degrees[node]! * degrees[neighbors[place]!]!);
    }
  }
  return { scaled: { ...graph, weights: scaled }, degrees };
}

function expectDifferent({ rows: N, columns: D, values }: Matrix, k: number): void {
  const seen = new Set<string>();
  for (let row = 0; row < N && seen.size < k; row++) seen.add(values.subarray(row * D, (row + 1) * D).join());
  if (seen.size < k) {
    throw new InputError(
      `spectral: there are only ${seen.size} different points for ${k} clusters.`,
      `Ask for at most ${seen.size} clusters.`,
    );
  }
}
