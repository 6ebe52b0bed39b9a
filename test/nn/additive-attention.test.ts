import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { leaves } from '../../lib/base/tree';
import {
  additiveAttention,
  additiveAttentionShares,
  initAdditiveAttention,
  type AdditiveAttentionWeights,
} from '../../lib/nn/additive-attention';
import { startBackend } from '../../lib/nn/backend';
import { expectNoLeaks, expectNumbers, expectSlopes, largestDifference, wave } from './numbers';

beforeAll(async () => {
  await startBackend();
});

const [B, T, D, A] = [2, 3, 4, 5];
const weights: AdditiveAttentionWeights = {
  projection: { kernel: wave(1, D, A), bias: wave(2, A) },
  query: wave(3, A, 1),
};
const isReal = (): tf.Tensor2D =>
  tf.tensor2d([
    [1, 1, 1],
    [1, 1, 0],
  ]);

describe('additive attention', () => {
  /*
   * PyTorch 2.15.0:
   *   wave = lambda start, *shape: torch.sin(start + torch.arange(math.prod(shape), dtype=torch.float64)).reshape(shape)
   *   x, K, b, q = wave(0, 2, 3, 4), wave(1, 4, 5), wave(2, 5), wave(3, 5, 1)
   *   real = torch.tensor([[1, 1, 1], [1, 1, 0]]).bool()
   *   p = torch.softmax((torch.tanh(x @ K + b) @ q)[..., 0].masked_fill(~real, -torch.inf), 1)
   *   p; (p[..., None] * x).sum(1)
   */
  it('gives the shares and the sums of PyTorch', () => {
    const x = wave<tf.Rank.R3>(0, B, T, D);
    expectNumbers(
      additiveAttentionShares(weights, x, isReal()),
      [0.045354, 0.933594, 0.021052, 0.395541, 0.604459, 0],
      2e-6,
    );
    expectNumbers(
      additiveAttention(weights, x, isReal()),
      [-0.685718, -0.848405, -0.231073, 0.598707, -0.386262, -0.414932, -0.062115, 0.34781],
      2e-6,
    );
  });

  it('is the mean of what is real where all scores are equal', () => {
    const blind = { ...weights, query: tf.zeros([A, 1]) };
    const x = tf.tensor3d([1, 2, 3, 6, 5, 7, 10, 20, 30, 40, 99, 99], [2, 3, 2]);
    const twoWide = { ...blind, projection: { kernel: wave(1, 2, A), bias: wave(2, A) } };
    expectNumbers(additiveAttention(twoWide, x, isReal()), [3, 5, 20, 30], 1e-5);
  });

  it('gives padding exactly nothing, and a row without a vector zeros', () => {
    const rows = tf.tensor2d([
      [0, 1, 1],
      [0, 0, 0],
    ]);
    const shares = additiveAttentionShares(weights, wave(0, B, T, D), rows).arraySync();
    expect(shares[0]![0]).toBe(0);
    expect(shares[0]![1]! + shares[0]![2]!).toBeCloseTo(1, 6);
    expect(shares[1]).toEqual([0, 0, 0]);
    const other = tf.add<tf.Tensor3D>(wave(0, B, T, D), tf.mul(tf.expandDims(tf.sub(1, rows), 2), 100));
    expect(
      largestDifference(
        additiveAttention(weights, wave(0, B, T, D), rows),
        additiveAttention(weights, other, rows),
      ),
    ).toBe(0);
  });

  it('does not look at the order', () => {
    const x = wave<tf.Rank.R3>(0, B, T, D);
    const turned = tf.reverse(x, 1);
    expect(largestDifference(additiveAttention(weights, x), additiveAttention(weights, turned))).toBeLessThan(
      1e-6,
    );
  });

  it('has the gradient of finite differences, and leaves no tensor behind', () => {
    const real = isReal();
    const run = (...[x, kernel, bias, query]: tf.Tensor[]): tf.Tensor =>
      additiveAttention(
        { projection: { kernel: kernel!, bias: bias! }, query: query! },
        x as tf.Tensor3D,
        real,
      );
    const inputs = [wave(0, B, T, D), wave(1, D, A), wave(2, A), wave(3, A, 1)];
    expectSlopes(run, inputs);
    expectNoLeaks(run, inputs);
  });

  it('starts with a question of length about 1, and refuses a mask of another shape', () => {
    const params = initAdditiveAttention(3, 400, createRng(1));
    expect(leaves(params).map(([path, { shape }]) => [path, shape])).toEqual([
      ['projection.kernel', [3, 400]],
      ['projection.bias', [400]],
      ['query', [400, 1]],
    ]);
    expect(tf.norm(params.query).dataSync()[0]).toBeCloseTo(1, 1);
    expect(() => additiveAttention(weights, wave(0, B, T, D), tf.ones([1, 3]))).toThrow(
      /isReal_BT should be \[2, 3\], got \[1, 3\]/,
    );
  });
});
