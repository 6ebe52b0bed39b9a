import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import { initLinear, linear, linearFused, linearPlain } from '../../lib/nn/linear';
import { expectNoLeaks, expectNumbers, expectSlopes, expectTwins, gradients, wave } from './numbers';

beforeAll(async () => {
  await startBackend();
});

const by =
  (layer: typeof linear) =>
  (x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor): tf.Tensor =>
    layer({ kernel, bias }, x as tf.Tensor2D | tf.Tensor3D);

describe('linear', () => {
  /*
   * NumPy 2.4.6; slopes by central differences in 64 bits.
   *   wave = lambda start, *shape: np.sin(start + np.arange(np.prod(shape), dtype=float)).reshape(shape)
   *   f = lambda x, k, b: x @ k + b; x, k, b = wave(0, 2, 3), wave(1, 3, 2), wave(2, 2)
   *   f(x, k, b); slopes of (f(x, k, b) * wave(3, 2, 2)).sum()
   */
  it('gives the values and slopes of NumPy', () => {
    const inputs = [wave(0, 2, 3), wave(1, 3, 2), wave(2, 2)];
    expectNumbers(by(linear)(inputs[0]!, inputs[1]!, inputs[2]!), [0.156098, -0.749779, 1.840782, 1.110128]);
    const [x, kernel, bias] = gradients(by(linear), inputs);
    expectNumbers(x!, [-0.56941, 0.592665, 0.076139, -1.060979, 0.076139, 0.997609]);
    expectNumbers(kernel!, [-0.135323, -0.039431, 0.844465, -0.425365, 1.047856, -0.42022]);
    expectNumbers(bias!, [-0.817804, -1.036218]);
  });

  it.each([
    ['a matrix', [5, 3]],
    ['sequences', [2, 4, 3]],
  ])('fused and plain agree on %s, value and gradients', (_, shape) => {
    const inputs = [wave(0, ...shape), wave(1, 3, 6), wave(2, 6)];
    expectTwins(by(linearFused), by(linearPlain), inputs);
    expectSlopes(by(linearPlain), inputs);
  });

  it('treats each position of a sequence as a row', () => {
    const [x, params] = [wave<tf.Rank.R3>(0, 2, 4, 3), { kernel: wave(1, 3, 6), bias: wave(2, 6) }];
    const rows = linear(params, tf.reshape<tf.Rank.R2>(x, [8, 3]));
    expect(linear(params, x).shape).toEqual([2, 4, 6]);
    expect(linear(params, x).dataSync()).toEqual(rows.dataSync());
  });

  it('starts within the limit of Glorot, fills it, and starts the bias at zero', () => {
    const { kernel, bias } = initLinear(30, 20, createRng(1));
    const limit = Math.sqrt(6 / 50);
    const largest = tf.max(tf.abs(kernel)).dataSync()[0]!;
    expect(largest).toBeLessThanOrEqual(limit);
    expect(largest).toBeGreaterThan(0.98 * limit);
    expect([kernel.shape, bias.shape]).toEqual([[30, 20], [20]]);
    expect(bias.dataSync()).toEqual(new Float32Array(20));
  });

  it('leaves no tensor behind', () => {
    expectNoLeaks(by(linear), [wave(0, 2, 4, 3), wave(1, 3, 6), wave(2, 6)]);
  });
});
