import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import { gruLastState, gruLayer, initGruLayer } from '../../lib/nn/gru';
import { gruFused, gruPlain } from '../../lib/nn/native/gru';
import type { States } from '../../lib/nn/native/unroll';
import {
  expectNoLeaks,
  expectNumbers,
  expectSlopes,
  expectTwins,
  gradients,
  largestDifference,
  wave,
} from './numbers';

beforeAll(async () => {
  await startBackend();
});

const [B, T, D, H] = [3, 6, 4, 5];

const by =
  (layer: typeof gruFused, states: States = 'all') =>
  (...[x, gateKernel, gateBias, candidateKernel, candidateBias]: tf.Tensor[]): tf.Tensor =>
    layer(
      x as tf.Tensor3D,
      {
        gateKernel: gateKernel!,
        gateBias: gateBias!,
        candidateKernel: candidateKernel!,
        candidateBias: candidateBias!,
      },
      states,
    );

const example = (): tf.Tensor[] => [
  wave(0, B, T, D),
  wave(1, D + H, 2 * H),
  wave(2, 2 * H),
  wave(3, D + H, H),
  wave(4, H),
];

describe('the GRU', () => {
  /*
   * NumPy 2.4.6; slopes by central differences in 64 bits. wave as in linear.test.ts.
   *   def gru(x, Wg, bg, Wc, bc):
   *       h = np.zeros((x.shape[0], len(bc))); hs = []
   *       for t in range(x.shape[1]):
   *           r, u = np.split(sigmoid(np.hstack([x[:, t], h]) @ Wg + bg), 2, 1)
   *           c = np.tanh(np.hstack([x[:, t], r * h]) @ Wc + bc); h = u * h + (1 - u) * c; hs.append(h)
   *       return np.stack(hs, 1)
   *   a = wave(0, 2, 3, 2), wave(1, 4, 4), wave(2, 4), wave(3, 4, 2), wave(4, 2)
   *   gru(*a); slopes of (gru(*a) * wave(5, 2, 3, 2)).sum()
   */
  it.each([
    ['fused', gruFused],
    ['plain', gruPlain],
  ])('%s: gives the values and slopes of NumPy', (_, layer) => {
    const inputs = [wave(0, 2, 3, 2), wave(1, 4, 4), wave(2, 4), wave(3, 4, 2), wave(4, 2)];
    expectNumbers(
      by(layer)(...inputs),
      [
        -0.504558, -0.442167, -0.683903, -0.828829, -0.401962, -0.527349, -0.525764, -0.383338, -0.708731,
        -0.799676, -0.394943, -0.602677,
      ],
    );
    const [x, gateKernel, gateBias, candidateKernel, candidateBias] = gradients(by(layer), inputs, 5);
    expectNumbers(
      x!,
      [
        -0.014753, -0.05015, -0.087535, -0.018705, 0.202294, -0.158353, 0.050007, -0.046709, -0.1033,
        0.067973, 0.093331, -0.377086,
      ],
    );
    expectNumbers(
      gateKernel!,
      [
        -0.023221, 0.06464, 0.19532, 0.145415, -0.000213, 0.101296, -0.125362, -0.050738, 0.016006, 0.074392,
        -0.012685, -0.145963, 0.013191, 0.086427, 0.007088, -0.134518,
      ],
    );
    expectNumbers(gateBias!, [-0.028333, -0.10782, -0.252923, 0.201202]);
    expectNumbers(
      candidateKernel!,
      [-0.240808, 0.426013, -0.793721, 0.426038, -0.436216, 0.172911, -0.283634, 0.103026],
    );
    expectNumbers(candidateBias!, [0.830167, -0.43966]);
  });

  it.each(['all', 'last'] as const)('fused and plain agree on %s states, value and gradients', (states) => {
    expectTwins(by(gruFused, states), by(gruPlain, states), example());
    expectSlopes(by(gruPlain, states), example());
  });

  it('agrees on a single step', () => {
    const [, ...weights] = example();
    expectTwins(by(gruFused), by(gruPlain), [wave(0, B, 1, D), ...weights]);
    expectTwins(by(gruFused, 'last'), by(gruPlain, 'last'), [wave(0, B, 1, D), ...weights]);
  });

  it('agrees with tf.layers.gru, whose gates stand in the order update, reset', () => {
    const params = initGruLayer(D, H, createRng(1));
    const x = wave<tf.Rank.R3>(0, B, T, D);
    const layer = tf.layers.gru({
      units: H,
      returnSequences: true,
      recurrentActivation: 'sigmoid',
      inputShape: [T, D],
    });
    layer.apply(x);
    const inTheirOrder = (gates: tf.Tensor, candidate: tf.Tensor): tf.Tensor => {
      const [reset, update] = tf.split(gates, 2, gates.rank - 1);
      return tf.concat([update!, reset!, candidate], gates.rank - 1);
    };
    const kernel = inTheirOrder(params.gateKernel, params.candidateKernel);
    layer.setWeights([
      tf.slice(kernel, [0, 0], [D, -1]),
      tf.slice(kernel, [D, 0], [H, -1]),
      inTheirOrder(params.gateBias, params.candidateBias),
    ]);
    expect(largestDifference(gruLayer(params, x), layer.apply(x) as tf.Tensor3D)).toBeLessThan(1e-6);
  });

  it('keeps the old state where the update gate is open, and takes the candidate where it is closed', () => {
    const params = {
      gateKernel: tf.zeros([2, 2]),
      candidateKernel: tf.tensor2d([1, 0], [2, 1]),
      candidateBias: tf.zeros([1]),
    };
    const x = tf.tensor3d([0.5, -2], [1, 2, 1]);
    const states = (update: number): number[] => [
      ...gruLayer({ ...params, gateBias: tf.tensor1d([0, update]) }, x).dataSync(),
    ];
    expect(states(40)).toEqual([0, 0]);
    expect(states(-40)[0]).toBeCloseTo(Math.tanh(0.5), 6);
    expect(states(-40)[1]).toBeCloseTo(Math.tanh(-2), 6);
  });

  it('gives as its last state the last of all states', () => {
    const params = initGruLayer(D, H, createRng(2));
    const x = wave<tf.Rank.R3>(0, B, T, D);
    const last = tf.slice(gruLayer(params, x), [0, T - 1, 0], [B, 1, H]);
    expect(gruLastState(params, x).shape).toEqual([B, H]);
    expect(gruLastState(params, x).dataSync()).toEqual(last.dataSync());
  });

  it('never lets an event change what came before it', () => {
    const params = initGruLayer(D, H, createRng(3));
    const x = wave<tf.Rank.R3>(0, B, T, D);
    const changed: tf.Tensor3D = tf.concat([tf.slice(x, [0, 0, 0], [B, T - 1, D]), tf.ones([B, 1, D])], 1);
    const before = (y: tf.Tensor3D): tf.Tensor => tf.slice(gruLayer(params, y), [0, 0, 0], [B, T - 1, H]);
    expect(largestDifference(before(x), before(changed))).toBe(0);
    expect(largestDifference(gruLayer(params, x), gruLayer(params, changed))).toBeGreaterThan(1e-3);
  });

  it('starts with kernels within ±1/sqrt(H), all different, and biases of zero', () => {
    const params = initGruLayer(20, 25, createRng(4));
    for (const kernel of [params.gateKernel, params.candidateKernel]) {
      const largest = tf.max(tf.abs(kernel)).dataSync()[0]!;
      expect(largest).toBeLessThanOrEqual(0.2);
      expect(largest).toBeGreaterThan(0.19);
    }
    expect(params.gateKernel.shape).toEqual([45, 50]);
    expect(params.candidateKernel.shape).toEqual([45, 25]);
    expect(params.gateKernel.dataSync()[0]).not.toBe(params.candidateKernel.dataSync()[0]);
    expect([...params.gateBias.dataSync(), ...params.candidateBias.dataSync()]).toEqual(
      new Array<number>(75).fill(0),
    );
  });

  it('leaves no tensor behind', () => {
    expectNoLeaks(by(gruFused), example());
    expectNoLeaks(by(gruFused, 'last'), example());
  });
});
