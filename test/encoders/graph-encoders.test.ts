import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  graphConvolution,
  initGraphConvolution,
  type GraphConvolutionConfig,
  type GraphConvolutionParams,
} from '../../lib/encoders/graph-convolution';
import { pool } from '../../lib/encoders/pooling';
import { srGnn, type SrGnnParams } from '../../lib/encoders/sr-gnn';
import { createRng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import { inference } from '../../lib/nn/mode';
import { expectNumbers, largestDifference, wave } from '../nn/numbers';

beforeAll(async () => {
  await startBackend();
});

const D = 3;
const table = (): tf.Variable<tf.Rank.R2> =>
  tf.tidy(() => {
    const rows = wave<tf.Rank.R2>(1, 7, D);
    return tf.variable(tf.concat([tf.zeros<tf.Rank.R2>([1, D]), tf.slice(rows, [1, 0])], 0));
  });
const variable = <R extends tf.Rank>(start: number, ...shape: number[]): tf.Variable<R> =>
  tf.variable(wave<R>(start, ...shape));
const linearOf = (start: number, inputs: number, outputs: number) => ({
  kernel: variable<tf.Rank.R2>(start, inputs, outputs),
  bias: variable<tf.Rank.R1>(start + 1, outputs),
});
const batchOf = (rows: number[][]) => ({ items_BT: tf.tensor2d(rows, undefined, 'int32') });

/*
PyTorch 2 in float64, written from the equations; wave(s, ...) = sin(s + 0, 1, 2 ...), table = wave(1, 7, 3) with row 0 zero.

nodes = list(dict.fromkeys(items)); n = len(nodes); at = [nodes.index(i) for i in items]
C = torch.zeros(n, n)
for u, v in zip(at, at[1:]): C[u, v] += 1
A_out, A_in = C / C.sum(1, keepdim=True).clamp(min=1), C.T / C.T.sum(1, keepdim=True).clamp(min=1)
v = table[nodes]
for _ in range(steps):
    a = torch.cat([A_in @ v @ Win + bin, A_out @ v @ Wout + bout], 1)                      # eq. 1
    z = torch.sigmoid(a @ G[:6, :3] + v @ G[6:, :3] + g[:3])                                # eq. 2
    r = torch.sigmoid(a @ G[:6, 3:] + v @ G[6:, 3:] + g[3:])                                # eq. 3
    v = (1 - z) * v + z * torch.tanh(a @ K[:6] + (r * v) @ K[6:] + k)                       # eq. 4, 5
s = v[at]
alpha = torch.sigmoid(s[-1] @ W1 + s @ W2 + c) @ q                                          # eq. 6
answer = torch.cat([s[-1], (alpha * s).sum(0)]) @ W3 + b3                                   # eq. 7
with Win, bin = wave(2, 3, 3), wave(3, 3); Wout, bout = wave(4, ..), wave(5, ..); G, g = wave(6, 9, 6), wave(7, 6);
K, k = wave(8, 9, 3), wave(9, 3); W1, c = wave(10, 3, 3), wave(11, 3); W2 = wave(12, 3, 3); q = wave(13, 3, 1); W3, b3 = wave(14, 6, 3), wave(15, 3)
*/
describe('SR-GNN', () => {
  const params = (): SrGnnParams => ({
    itemEmbedding: table(),
    incoming: linearOf(2, D, D),
    outgoing: linearOf(4, D, D),
    gates: linearOf(6, 3 * D, 2 * D),
    candidate: linearOf(8, 3 * D, D),
    attention: { last: linearOf(10, D, D), event: variable(12, D, D), query: variable(13, D, 1) },
    output: linearOf(14, 2 * D, D),
  });
  const config = { numItems: 7, width: D, numSteps: 1, dropoutRate: 0 };

  it.each([
    [
      1,
      [
        0.353873, -0.768386, -0.394535, 0.427113, 0.663937, 0.282939, 0.276218, -0.834454, -0.614669,
        0.427113, 0.663937, 0.282939, -0.354691, -1.369166, -1.124836,
      ],
    ],
    [
      2,
      [
        0.388496, -0.749816, -0.493667, 0.433762, 0.059524, 0.17902, 0.299389, -0.819249, -0.679448, 0.433762,
        0.059524, 0.17902, -0.726447, -1.924966, -1.35368,
      ],
    ],
  ])('has the values of its equations after %d steps', (numSteps, expected) => {
    const { hidden_BTD } = srGnn(params(), batchOf([[1, 2, 3, 2, 4]]), { ...config, numSteps }, inference);
    expectNumbers(hidden_BTD, expected);
  });

  it('has them for rows of other lengths in one batch: a repeat in a row, a single event, none', () => {
    const batch = batchOf([
      [5, 5, 6, 0],
      [3, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    const { hidden_BTD } = srGnn(params(), batch, config, inference);
    const answers = pool(
      hidden_BTD,
      tf.tensor2d([
        [1, 1, 1, 0],
        [1, 0, 0, 0],
        [0, 0, 0, 0],
      ]),
      'last',
    );
    expectNumbers(answers, [0.329772, -0.628709, -1.009158, 0.779059, -0.357949, -1.165861, 0, 0, 0]);
    expectNumbers(hidden_BTD.slice([0, 3, 0], [1, 1, -1]), [0, 0, 0]);
  });
});

/*
A = torch.eye(n)
for u, v in zip(at, at[1:]):
    A[v, u] += 1
    if not directed: A[u, v] += 1
A = A / A.sum(1, keepdim=True)
x = table[nodes]
x = A @ torch.relu(A @ x @ wave(2, 3, 3) + wave(3, 3)) @ wave(4, 3, 3) + wave(5, 3)
s = x[at]
answer = torch.cat([s[-1], s.mean(0)]) @ wave(6, 6, 3) + wave(7, 3)       # last-mean
answer = s.mean(0) @ wave(6, 3, 3) + wave(7, 3)                           # mean
*/
describe('graph convolution', () => {
  const params = (readout: string): GraphConvolutionParams => ({
    itemEmbedding: table(),
    layers: [linearOf(2, D, D), linearOf(4, D, D)],
    output: linearOf(6, readout === 'mean' ? D : 2 * D, D),
  });

  it.each([
    ['directed', 'last-mean', [0.586886, 1.010078, 0.504608]],
    ['directed', 'mean', [0.453014, 0.77576, 0.385275]],
    ['undirected', 'last-mean', [0.586568, 1.011822, 0.506811]],
    ['undirected', 'mean', [0.452057, 0.773129, 0.383389]],
  ] as const)('has the values of its equation, %s and %s', (edges, readout, expected) => {
    const config = { numItems: 7, width: D, numLayers: 2, edges, readout, dropoutRate: 0 };
    const { hidden_BTD } = graphConvolution(params(readout), batchOf([[1, 2, 3, 2, 4]]), config, inference);
    expectNumbers(hidden_BTD.slice([0, 4, 0], [1, 1, -1]), expected);
  });

  it('with directed edges, a later event changes an earlier state where its item has been there before, and nowhere else', () => {
    const config = {
      numItems: 20,
      width: 8,
      numLayers: 2,
      edges: 'directed',
      readout: 'mean',
      dropoutRate: 0,
    } as const;
    const own = initGraphConvolution(config, createRng(1));
    const firstOf = (...items: number[]): tf.Tensor =>
      graphConvolution(own, batchOf([items]), config, inference).hidden_BTD.slice([0, 0, 0], [1, 1, -1]);
    expect(largestDifference(firstOf(3, 17, 2), firstOf(3, 17, 9))).toBe(0);
    expect(largestDifference(firstOf(3, 17, 2), firstOf(3, 17, 3))).toBeGreaterThan(1e-3);
  });

  it('tells a sequence from its reverse by directed edges alone', () => {
    const answers = (
      edges: 'directed' | 'undirected',
      readout: 'mean' | 'last-mean',
    ): [tf.Tensor, tf.Tensor] => {
      const config: GraphConvolutionConfig = {
        numItems: 20,
        width: 8,
        numLayers: 2,
        edges,
        readout,
        dropoutRate: 0,
      };
      const own = initGraphConvolution(config, createRng(1));
      const { hidden_BTD } = graphConvolution(
        own,
        batchOf([
          [3, 17, 2, 9],
          [9, 2, 17, 3],
        ]),
        config,
        inference,
      );
      return tf.unstack(hidden_BTD.slice([0, 3, 0], [2, 1, -1])) as [tf.Tensor, tf.Tensor];
    };
    expect(largestDifference(...answers('undirected', 'mean'))).toBeLessThan(1e-6);
    expect(largestDifference(...answers('directed', 'mean'))).toBeGreaterThan(1e-3);
    // Which event is the last is told by the other readout.
    expect(largestDifference(...answers('undirected', 'last-mean'))).toBeGreaterThan(1e-3);
  });
});
