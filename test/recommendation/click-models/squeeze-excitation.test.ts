import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { trainableLeaves } from '../../../lib/base/tree';
import { startBackend } from '../../../lib/nn/backend';
import {
  initSqueezeExcitation,
  squeezeExcitation,
} from '../../../lib/recommendation/click-models/squeeze-excitation';

beforeAll(async () => {
  await startBackend();
});

const vectors_NFD = tf.tensor3d([
  [
    [1, 3],
    [-2, 0],
  ],
  [
    [0.5, 0.5],
    [4, 2],
  ],
]);

it('is, by hand, two sigmoids of the means', () => {
  const params = initSqueezeExcitation(2, createRng(1));
  // One narrow number: mean of field 0 minus mean of field 1, where that is above 0.
  params.squeeze.kernel.assign(tf.tensor2d([[1], [-1]]));
  params.squeeze.bias.assign(tf.zeros([1]));
  params.excite.kernel.assign(tf.tensor2d([[0.5, -1]]));
  params.excite.bias.assign(tf.zeros([2]));
  const factor = (x: number): number => 2 / (1 + Math.exp(-x));
  const found = squeezeExcitation(params, vectors_NFD).arraySync();
  // Row 0: means 2 and -1, narrow 3. Row 1: means .5 and 3, narrow 0: every field once.
  const expected = [
    [
      [factor(1.5), 3 * factor(1.5)],
      [-2 * factor(-3), 0],
    ],
    [
      [0.5, 0.5],
      [4, 2],
    ],
  ];
  for (const [n, row] of expected.entries())
    for (const [f, field] of row.entries())
      for (const [d, value] of field.entries()) expect(found[n]![f]![d]).toBeCloseTo(value, 5);
});

it('has the narrow layer a third as wide, and weights that are all learned', () => {
  const params = initSqueezeExcitation(8, createRng(1));
  expect(trainableLeaves(params).map(([, { shape }]) => shape)).toEqual([[8, 3], [3], [3, 8], [8]]);
});
