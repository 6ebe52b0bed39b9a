import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { matrixFromRows, rowOf, type Matrix } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import { largestEigenvectors } from '../../lib/clustering/largest-eigenvectors';
import { nearestNeighbors } from '../../lib/clustering/nearest-neighbors';
import { neighborGraph, type SparseGraph } from '../../lib/clustering/neighbor-graph';
import { spectral, spectralEmbedding } from '../../lib/clustering/spectral';
import { adjustedRand } from '../../lib/evaluation/adjusted-rand';
import { startBackend } from '../../lib/nn/backend';
import { expected, pointsOf } from './scikit-learn/expected';

beforeAll(async () => {
  await startBackend();
});

function normal(N: number, D: number, seed: number, shift = 0): Matrix {
  const rng = createRng(seed);
  return { rows: N, columns: D, values: Float32Array.from({ length: N * D }, () => shift + rng.normal()) };
}

/** All distances of a row to others, nearest first. */
const byBruteForce = (points: Matrix, row: number): { other: number; distance: number }[] =>
  [...Array(points.rows).keys()]
    .filter((other) => other !== row)
    .map((other) => ({
      other,
      distance: Math.hypot(...rowOf(points, row).map((value, axis) => value - rowOf(points, other)[axis]!)),
    }))
    .sort((a, b) => a.distance - b.distance || a.other - b.other);

/** A ring of nodes: its eigenvalues are cos(2 pi j / N), each but the first and last twice. */
function ring(N: number): SparseGraph {
  return {
    numNodes: N,
    starts: Int32Array.from({ length: N + 1 }, (_, node) => 2 * node),
    neighbors: Int32Array.from({ length: 2 * N }, (_, at) => {
      const node = Math.floor(at / 2);
      return (node + (at % 2 === 0 ? 1 : N - 1)) % N;
    }),
    weights: new Float64Array(2 * N).fill(0.5),
  };
}

describe('nearestNeighbors', () => {
  it('equals looking at all pairs, also far from the origin and over several blocks', () => {
    for (const points of [normal(60, 5, 1), normal(60, 5, 2, 1000), normal(3000, 3, 3)]) {
      const { indices, distances } = nearestNeighbors(points, 4);
      for (let row = 0; row < points.rows; row += 29) {
        const wanted = byBruteForce(points, row).slice(0, 4);
        expect([...indices.subarray(4 * row, 4 * row + 4)]).toEqual(wanted.map(({ other }) => other));
        wanted.forEach(({ distance }, place) => expect(distances[4 * row + place]).toBeCloseTo(distance, 5));
      }
    }
  });

  it('leaves out the point itself, not its twins, and leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    const { indices, distances } = nearestNeighbors(matrixFromRows([[1], [1], [1], [5]]), 2);
    expect([...indices]).toEqual([1, 2, 0, 2, 0, 1, 0, 1]);
    expect([...distances]).toEqual([0, 0, 0, 0, 0, 0, 4, 4]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses more neighbours than points', () => {
    expect(() => nearestNeighbors(matrixFromRows([[1], [2]]), 2)).toThrow(
      '2 points have 1 neighbours at most',
    );
    expect(() => nearestNeighbors(matrixFromRows([[1], [2]]), 0)).toThrow('got 0');
    expect(() => nearestNeighbors(matrixFromRows([[1], [NaN]]), 1)).toThrow('row 1');
  });
});

describe('neighborGraph', () => {
  it('weighs a mutual neighbour 1 and another one half, both ways', () => {
    const { starts, neighbors, weights } = neighborGraph(
      nearestNeighbors(matrixFromRows([[0], [1], [3]]), 1),
    );
    const edges = [...starts.keys()]
      .slice(0, -1)
      .flatMap((node) =>
        [...neighbors.subarray(starts[node], starts[node + 1])].map((other, place) => [
          node,
          other,
          weights[starts[node]! + place],
        ]),
      );
    expect(edges).toEqual([[0, 1, 1], [1, 0, 1], [1, 2, 0.5], [2, 1, 0.5]]); // prettier-ignore
  });
});

describe('largestEigenvectors', () => {
  it('finds those of a ring, twins included, and their vectors', () => {
    for (const N of [7, 40, 300]) {
      const graph = ring(N);
      const count = 5;
      const { values, vectors } = largestEigenvectors(graph, count, { rng: createRng(N) });
      const wanted = [0, 1, 1, 2, 2].map((turn) => Math.cos((2 * Math.PI * turn) / N));
      wanted.forEach((value, place) => expect(values[place]).toBeCloseTo(value, 10));
      for (let one = 0; one < count; one++) {
        for (let other = 0; other <= one; other++) {
          let dot = 0;
          for (let node = 0; node < N; node++)
            dot += vectors[node * count + one]! * vectors[node * count + other]!;
          expect(dot).toBeCloseTo(one === other ? 1 : 0, 10);
        }
        for (let node = 0; node < N; node++) {
          const [next, last] = [(node + 1) % N, (node + N - 1) % N];
          const image = (vectors[next * count + one]! + vectors[last * count + one]!) / 2;
          expect(image).toBeCloseTo(values[one]! * vectors[node * count + one]!, 5);
        }
      }
    }
  });
});

describe('spectral', () => {
  it.each(expected.spectral)(
    'equals scikit-learn on $data',
    ({ data, k, neighbors, eigenvalues, labels }) => {
      const found = spectral(pointsOf[data], { k, neighbors: neighbors - 1, rng: createRng(1) });
      eigenvalues.forEach((value, place) => expect(found.eigenvalues[place]).toBeCloseTo(value, 9));
      expect(adjustedRand(found.labels, labels)).toBe(1);
    },
  );

  it('has an eigenvalue 0 and a place in the embedding for each separate piece', () => {
    const points = matrixFromRows(
      Array.from({ length: 60 }, (_, row) => [100 * (row % 3) + row / 60, row / 7]),
    );
    const { coordinates, eigenvalues } = spectralEmbedding(points, {
      dimensions: 4,
      neighbors: 5,
      rng: createRng(2),
    });
    expect([...eigenvalues.subarray(0, 3)].every((value) => value < 1e-9)).toBe(true);
    expect(eigenvalues[3]).toBeGreaterThan(0.01);
    for (let row = 3; row < 60; row++) {
      for (let axis = 0; axis < 3; axis++) {
        expect(rowOf(coordinates, row)[axis]).toBeCloseTo(rowOf(coordinates, row % 3)[axis]!, 5);
      }
    }
  });

  it('is the same for the same seed', () => {
    const run = () => spectral(pointsOf.blobs, { k: 4, rng: createRng(3) });
    expect(run()).toEqual(run());
  });

  it('refuses what it cannot work with', () => {
    const rng = createRng(1);
    expect(() => spectral(matrixFromRows([[1], [NaN]]), { k: 1, rng })).toThrow('row 1');
    expect(() => spectral(matrixFromRows([[1], [2]]), { k: 3, rng })).toThrow(
      '2 points cannot make 3 clusters',
    );
    expect(() => spectral(matrixFromRows([[1], [2], [3]]), { k: 2, rng })).toThrow('2 neighbours at most');
    const same = matrixFromRows(Array.from({ length: 20 }, () => [1, 2]));
    expect(() => spectral(same, { k: 2, rng })).toThrow('only 1 different points for 2 clusters');
    expect(() => spectral(same, { k: 0, rng })).toThrow('got 0');
  });
});
