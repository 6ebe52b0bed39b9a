import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { initLayerNorm, layerNorm, layerNormFused, layerNormPlain } from '../../lib/nn/layer-norm';
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

const by =
  (layer: typeof layerNorm, epsilon?: number) =>
  (x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor): tf.Tensor =>
    layer({ scale, shift }, x, epsilon);

describe('layer normalization', () => {
  /*
   * NumPy 2.4.6; slopes by central differences in 64 bits. wave as in linear.test.ts.
   *   ln = lambda x, a, b, eps=1e-5: (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + eps) * a + b
   *   x, a, b = wave(0, 2, 4), wave(1, 4), wave(2, 4); ln(x, a, b); slopes of (ln(x, a, b) * wave(3, 2, 4)).sum()
   */
  it('gives the values and slopes of NumPy', () => {
    const inputs = [wave(0, 2, 4), wave(1, 4), wave(2, 4)] as const;
    expectNumbers(
      by(layerNorm)(...inputs),
      [-0.070462, 0.965993, -0.605222, -0.340663, 0.339296, -0.769657, -0.744324, -2.162684],
    );
    const [x, scale, shift] = gradients(by(layerNorm), [...inputs]);
    expectNumbers(
      x!,
      [-0.178456, -0.787183, 0.68481, 0.280829, -0.051317, 0.424946, -0.655816, 0.282187],
      4e-6,
    );
    expectNumbers(scale!, [-0.609346, -1.677505, -0.993563, -0.637047]);
    expectNumbers(shift!, [0.798107, 0.232556, -0.546806, -0.823437]);
  });

  it('adds epsilon to the variance, inside the root (NumPy, eps=.1)', () => {
    expectNumbers(
      by(layerNorm, 0.1)(wave(0, 2, 4), wave(1, 4), wave(2, 4)),
      [0.136169, 0.792028, -0.63719, -0.471054, 0.400957, -0.671131, -0.745673, -2.032464],
    );
  });

  it.each([
    ['a matrix', [7, 6]],
    ['sequences', [3, 5, 6]],
  ])('fused and plain agree on %s, value and gradients', (_, shape) => {
    const inputs = [wave(0, ...shape), wave(1, 6), wave(2, 6)];
    expectTwins(by(layerNormFused), by(layerNormPlain), inputs);
    expectTwins(by(layerNormFused, 0.5), by(layerNormPlain, 0.5), inputs);
    expectSlopes(by(layerNormPlain), inputs);
  });

  it('gives each vector mean 0 and variance 1, whatever it was', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -100, max: 100, noNaN: true }),
        fc.double({ min: 0.1, max: 100, noNaN: true }),
        (mean, spread) => {
          const unit = layerNorm(initLayerNorm(8), tf.add(tf.mul(wave(0, 3, 8), spread), mean));
          const { mean: means, variance } = tf.moments(unit, 1);
          expectNumbers(means, [0, 0, 0], 1e-3);
          expectNumbers(variance, [1, 1, 1], 1e-2);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('gives the shift for a vector of equal numbers, with finite gradients', () => {
    const inputs = [tf.fill([2, 4], 3), wave(1, 4), wave(2, 4)] as const;
    const shift = [...inputs[2].dataSync()];
    expectNumbers(by(layerNorm)(...inputs), [...shift, ...shift]);
    for (const gradient of gradients(by(layerNorm), [...inputs])) {
      expect([...gradient.dataSync()].every(Number.isFinite)).toBe(true);
    }
  });

  it('treats each vector by itself', () => {
    const weights = { scale: wave(1, 6), shift: wave(2, 6) };
    const x = wave<tf.Rank.R3>(0, 2, 3, 6);
    const alone = layerNorm(weights, tf.slice(x, [1, 2, 0], [1, 1, 6]));
    const among = tf.slice(layerNorm(weights, x), [1, 2, 0], [1, 1, 6]);
    expect(largestDifference(alone, among)).toBeLessThan(1e-6);
  });

  it('takes at most half the ops of autograd, forward and backward', async () => {
    const inputs = [wave(0, 3, 5, 6), wave(1, 6), wave(2, 6)];
    const numOps = async (layer: typeof layerNorm): Promise<number> =>
      (await tf.profile(() => gradients(by(layer), inputs))).kernels.length;
    expect(await numOps(layerNormFused)).toBeLessThanOrEqual((await numOps(layerNormPlain)) / 2);
  });

  it('leaves no tensor behind', () => {
    expectNoLeaks(by(layerNorm), [wave(0, 3, 5, 6), wave(1, 6), wave(2, 6)]);
  });
});
