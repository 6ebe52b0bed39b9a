import type { NearestNeighbors } from './nearest-neighbors';

/** A symmetric graph with weights, as rows of neighbours: those of node i stand at `starts[i]` to `starts[i + 1]`. */
export interface SparseGraph {
  readonly numNodes: number;
  readonly starts: Int32Array;
  readonly neighbors: Int32Array;
  readonly weights: Float64Array;
}

/**
 * Connect each point with its nearest neighbours: weight 1 where each is a neighbour of the other, one half where only one
 * is.
 *
 * @source von Luxburg, "A tutorial on spectral clustering", Statistics and Computing 17, 2007, §2.2
 */
export function neighborGraph({ k, indices }: NearestNeighbors): SparseGraph {
  const N = indices.length / k;
  const weightOf: Map<number, number>[] = Array.from({ length: N }, () => new Map<number, number>());
  for (let place = 0; place < indices.length; place++) {
    const from = Math.floor(place / k);
    const to = indices[place]!;
    weightOf[from]!.set(to, (weightOf[from]!.get(to) ?? 0) + 0.5);
    weightOf[to]!.set(from, (weightOf[to]!.get(from) ?? 0) + 0.5);
  }
  const starts = new Int32Array(N + 1);
  for (let node = 0; node < N; node++) starts[node + 1] = starts[node]! + weightOf[node]!.size;
  const neighbors = new Int32Array(starts[N]!);
  const weights = new Float64Array(starts[N]!);
  for (let node = 0; node < N; node++) {
    let place = starts[node]!;
    for (const [other, weight] of weightOf[node]!) {
      neighbors[place] = other;
      weights[place++] = weight;
    }
  }
  return { numNodes: N, starts, neighbors, weights };
}
