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
  const isMutual = (from: number, to: number): boolean => {
    for (let place = to * k; place < (to + 1) * k; place++) if (indices[place] === from) return true;
    return false;
  };
  const mutual = new Uint8Array(indices.length);
  const starts = new Int32Array(N + 1);
  for (let place = 0; place < indices.length; place++) {
    const [from, to] = [Math.floor(place / k), indices[place]!];
    mutual[place] = Number(isMutual(from, to));
    starts[from + 1]!++;
    if (!mutual[place]) starts[to + 1]!++;
  }
  for (let node = 0; node < N; node++) starts[node + 1]! += starts[node]!;
  const neighbors = new Int32Array(starts[N]!);
  const weights = new Float64Array(starts[N]!);
  const free = starts.slice(0, N);
  const connect = (from: number, to: number, weight: number): void => {
    const place = free[from]!++;
    neighbors[place] = to;
    weights[place] = weight;
  };
  for (let place = 0; place < indices.length; place++) {
    const [from, to] = [Math.floor(place / k), indices[place]!];
    connect(from, to, mutual[place] ? 1 : 0.5);
    if (!mutual[place]) connect(to, from, 0.5);
  }
  return { numNodes: N, starts, neighbors, weights };
}
