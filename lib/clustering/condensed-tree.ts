import type { MergeTree } from './merge-tree';

/** A cluster that appears when a larger one splits, and lasts until it splits or has lost its points. */
export interface CondensedCluster {
  /** Index of the cluster it split from; -1 for the first, which holds all points. */
  readonly parent: number;
  /** Density, 1 / distance, at which it appears. */
  readonly birth: number;
  /** Density at which its last points leave, or its parts. */
  readonly death: number;
  /** How long its points stay, in density: the sum over its points of leaving less `birth`. */
  readonly stability: number;
}

/** A tree of merges with only those splits into parts that are large enough. */
export interface CondensedTree {
  /** Each stands behind its parent; the first holds all points. */
  readonly clusters: readonly CondensedCluster[];
  /** The smallest cluster that each point belonged to. */
  readonly clusterOf: Int32Array;
  /** Density at which the point left it. */
  readonly leaves: Float64Array;
}

/**
 * Walk a tree of merges from the top, that is from low to high density, and let small parts fall off instead of calling
 * them clusters.
 *
 * Merges of equal density are undone together, so that the result does not depend on the order of the points. A distance of
 * 0, between identical points, counts as half the smallest other distance, so that densities stay finite.
 *
 * @param minClusterSize points that a part needs to be a cluster, from 2
 * @source Campello, Moulavi & Sander, "Density-Based Clustering Based on Hierarchical Density Estimates", PAKDD 2013,
 *   §§4-5
 * @differs hdbscan and scikit-learn undo equal merges one after the other, in the order in which they happened to be done.
 */
export function condensedTree(tree: MergeTree, minClusterSize: number): CondensedTree {
  const { numPoints: N, left, right, heights, sizes } = tree;
  const smallest = heights.find((height) => height > 0) ?? 1; // heights ascend
  const densityOf = (node: number): number => 1 / Math.max(heights[node - N]!, smallest / 2);
  const sizeOf = (node: number): number => (node < N ? 1 : sizes[node - N]!);

  const clusters = [{ parent: -1, birth: 0, death: 0, stability: 0 }];
  const clusterOf = new Int32Array(N);
  const leaves = new Float64Array(N);
  const leave = (cluster: number, size: number, density: number): void => {
    const own = clusters[cluster]!;
    own.death = Math.max(own.death, density);
    own.stability += size * (density - own.birth);
  };
  const fallOff = (node: number, cluster: number, density: number): void => {
    leave(cluster, sizeOf(node), density);
    const below = [node];
    while (below.length > 0) {
      const next = below.pop()!;
      if (next >= N) below.push(left[next - N]!, right[next - N]!);
      else {
        clusterOf[next] = cluster;
        leaves[next] = density;
      }
    }
  };

  /** What a node is made of once all merges at its own density are undone. */
  const partsOf = (node: number): number[] => {
    const parts: number[] = [];
    const below = [node];
    while (below.length > 0) {
      const next = below.pop()!;
      if (next >= N && densityOf(next) === densityOf(node)) below.push(right[next - N]!, left[next - N]!);
      else parts.push(next);
    }
    return parts;
  };

  const waiting = [{ node: N + heights.length - 1, cluster: 0 }];
  for (let at = 0; at < waiting.length; at++) {
    const { node, cluster } = waiting[at]!;
    if (node < N) {
      fallOff(node, cluster, 0); // a tree of one point
      continue;
    }
    const density = densityOf(node);
    const parts = partsOf(node);
    const isSplit = parts.filter((part) => sizeOf(part) >= minClusterSize).length > 1;
    for (const part of parts) {
      if (sizeOf(part) < minClusterSize) fallOff(part, cluster, density);
      else if (isSplit) {
        leave(cluster, sizeOf(part), density);
        clusters.push({ parent: cluster, birth: density, death: density, stability: 0 });
        waiting.push({ node: part, cluster: clusters.length - 1 });
      } else waiting.push({ node: part, cluster });
    }
  }
  return { clusters, clusterOf, leaves };
}

/**
 * Choose clusters, none within another, so that their stabilities sum to the most. The first, of all points, is never
 * chosen.
 *
 * @returns 1 for each chosen cluster
 * @source Campello, Moulavi & Sander, "Density-Based Clustering Based on Hierarchical Density Estimates", PAKDD 2013, §5,
 *   algorithm 3 (excess of mass)
 */
export function mostStableClusters({ clusters }: CondensedTree): Uint8Array {
  const isChosen = new Uint8Array(clusters.length);
  const within = new Float64Array(clusters.length); // best sum of the clusters below
  for (let cluster = clusters.length - 1; cluster >= 1; cluster--) {
    const { parent, stability } = clusters[cluster]!;
    isChosen[cluster] = within[cluster]! > stability ? 0 : 1;
    within[parent]! += Math.max(within[cluster]!, stability);
  }
  // From the top down: whatever lies in a chosen cluster is not one itself.
  const isInside = new Uint8Array(clusters.length);
  for (let cluster = 1; cluster < clusters.length; cluster++) {
    const { parent } = clusters[cluster]!;
    isInside[cluster] = isInside[parent] === 1 || isChosen[parent] === 1 ? 1 : 0;
    if (isInside[cluster] === 1) isChosen[cluster] = 0;
  }
  return isChosen;
}
