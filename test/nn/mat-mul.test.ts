import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { matMulBiasNative, matMulNative } from '../../lib/nn/native/mat-mul';
import { largestDifference, wave } from './numbers';

beforeAll(async () => {
  await startBackend();
});

it.each([
  [false, false],
  [false, true],
  [true, false],
  [true, true],
])('is the product by tfjs, first turned: %s, second turned: %s', (first, second) => {
  const a = wave<tf.Rank.R2>(0, ...(first ? [4, 3] : [3, 4]));
  const b = wave<tf.Rank.R2>(1, ...(second ? [5, 4] : [4, 5]));
  const product = matMulNative(a, b, first, second);
  expect(product.shape).toEqual([3, 5]);
  expect(largestDifference(product, tf.matMul(a, b, first, second))).toBeLessThan(1e-6);
});

it('adds a bias to each row', () => {
  const [x, kernel, bias] = [wave<tf.Rank.R2>(0, 3, 4), wave<tf.Rank.R2>(1, 4, 5), wave(2, 5)];
  expect(
    largestDifference(matMulBiasNative(x, kernel, bias), tf.add(tf.matMul(x, kernel), bias)),
  ).toBeLessThan(1e-6);
});
