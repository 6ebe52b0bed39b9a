import type { Matrix } from '../base/matrix';

/** Points with the cluster of each, clusters numbered from 0 without gaps. */
export interface GroupedPoints {
  /** Cluster of each point, 0 to C - 1, in the order of first appearance. */
  readonly cluster: Int32Array;
  /** Points in each cluster, all at least 1. */
  readonly sizes: Int32Array;
}

/**
 * Number the clusters of points from 0, and refuse a grouping whose quality has no meaning.
 *
 * @throws RangeError unless there are 2 to N - 1 clusters, a label from 0 for each point, and finite coordinates. Noise,
 *   -1 in a density-based clustering, is no cluster: leave those points out first (`withoutNoise`), and say how many.
 */
export function groupedPoints(name: string, points: Matrix, labels: ArrayLike<number>): GroupedPoints {
  const { rows: N, columns: D, values } = points;
  if (labels.length !== N) throw new RangeError(`${name}: ${N} points and ${labels.length} labels`);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new RangeError(`${name}: row ${Math.floor(bad / D)} holds ${values[bad]}`);
  const placeOf = new Map<number, number>();
  const cluster = new Int32Array(N);
  for (let point = 0; point < N; point++) {
    const label = labels[point]!;
    if (!(label >= 0)) {
      throw new RangeError(
        `${name}: point ${point} has the label ${label}; leave out noise before measuring`,
      );
    }
    let place = placeOf.get(label);
    if (place === undefined) placeOf.set(label, (place = placeOf.size));
    cluster[point] = place;
  }
  const C = placeOf.size;
  if (C < 2 || C > N - 1) {
    throw new RangeError(`${name}: needs 2 to N - 1 clusters, got ${C} clusters of ${N} points`);
  }
  const sizes = new Int32Array(C);
  for (const place of cluster) sizes[place]!++;
  return { cluster, sizes };
}

/** The mean of each cluster, `[C, D]` row after row, in double precision. */
export function clusterMeans(
  { columns: D, values }: Matrix,
  { cluster, sizes }: GroupedPoints,
): Float64Array {
  const means_CD = new Float64Array(sizes.length * D);
  for (const [point, place] of cluster.entries()) {
    for (let axis = 0; axis < D; axis++) means_CD[place * D + axis]! += values[point * D + axis]!;
  }
  return means_CD.map((sum, entry) => sum / sizes[Math.floor(entry / D)]!);
}
