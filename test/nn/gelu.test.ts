import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { gelu } from '../../lib/nn/gelu';
import { expectNoLeaks, expectNumbers, expectSlopes, expectTwins, largestDifference, wave } from './numbers';

beforeAll(async () => {
  await startBackend();
});

const places = [-6, -3, -1, -0.5, 0, 0.25, 1, 2.5, 6];

/*
 * NumPy 2.4.6 and math.erf of Python 3; slopes by central differences in 64 bits.
 *   exact = lambda v: v * .5 * (1 + erf(v / 2 ** .5))
 *   tanh = lambda v: .5 * v * (1 + np.tanh((2 / np.pi) ** .5 * (v + .044715 * v ** 3)))
 */
const golden = {
  exact: {
    values: [0, -0.00405, -0.158655, -0.154269, 0, 0.149677, 0.841345, 2.484476, 6],
    slopes: [0, -0.011946, -0.083315, 0.132505, 0.5, 0.695373, 1.083315, 1.037611, 1],
  },
  tanh: {
    values: [0, -0.003637, -0.158808, -0.154286, 0, 0.149675, 0.841192, 2.484916, 6],
    slopes: [0, -0.011584, -0.082964, 0.13263, 0.5, 0.695354, 1.082964, 1.037952, 1],
  },
};

const plain = {
  exact: (x: tf.Tensor): tf.Tensor => tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.div(x, Math.SQRT2)))),
  tanh: (x: tf.Tensor): tf.Tensor => {
    const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.pow(x, 3))));
    return tf.mul(tf.mul(x, 0.5), tf.add(1, tf.tanh(inner)));
  },
};

describe.each(['exact', 'tanh'] as const)('GELU, %s', (form) => {
  it('gives the values and slopes of NumPy', () => {
    const x = tf.tensor1d(places);
    expectNumbers(gelu(x, form), golden[form].values);
    expectNumbers(tf.grad((x) => tf.sum(gelu(x, form)))(x), golden[form].slopes);
  });

  it('agrees with its formula in tfjs, value and gradient', () => {
    const x = tf.mul(wave(0, 4, 5, 6), 4);
    expectTwins((x) => gelu(x, form), plain[form], [x]);
    expectSlopes(plain[form], [x]);
  });

  it('is finite, with finite slopes, far out', () => {
    const x = tf.tensor1d([-1e4, -50, 50, 1e4]);
    expectNumbers(gelu(x, form), [0, 0, 50, 1e4]);
    expectNumbers(tf.grad((x) => tf.sum(gelu(x, form)))(x), [0, 0, 1, 1]);
  });

  it('leaves no tensor behind', () => {
    expectNoLeaks((x) => gelu(x, form), [wave(0, 4, 5)]);
  });
});

describe('the two forms of GELU', () => {
  it('differ, but by less than 5e-4, and are never below -0.17', () => {
    const x = tf.linspace(-8, 8, 4001);
    const difference = largestDifference(gelu(x, 'exact'), gelu(x, 'tanh'));
    expect(difference).toBeGreaterThan(1e-4);
    expect(difference).toBeLessThan(5e-4);
    expect(tf.min(gelu(x, 'exact')).dataSync()[0]).toBeGreaterThan(-0.17);
    expect(tf.min(gelu(x, 'tanh')).dataSync()[0]).toBeGreaterThan(-0.171);
  });
});
