import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { nextItemLoss, prepareNextItem } from '../../lib/objectives/next-item';

beforeAll(async () => {
  await startBackend();
});

it('lists the places that have a next item', () => {
  const { positions, targets } = prepareNextItem(Int32Array.from([4, 0, 2, 9, 0, 0]));
  expect([...positions]).toEqual([0, 2, 3]);
  expect([...targets]).toEqual([4, 2, 9]);
});

it('is the mean surprise over those places, padding being no candidate', () => {
  // Two items with scores (0, ln 3) for the state [1]: probabilities 1/4 and 3/4.
  const table = tf.tensor2d([50, 0, Math.log(3)], [3, 1]); // row 0 would win if it took part
  const hidden: tf.Tensor3D = tf.ones([1, 3, 1]);
  const loss = nextItemLoss(hidden, table, tf.tensor1d([0, 2], 'int32'), tf.tensor1d([1, 2], 'int32'));
  expect(loss.dataSync()[0]).toBeCloseTo((Math.log(4) + Math.log(4 / 3)) / 2, 6);
});

it('gives no gradient to states without a next item', () => {
  const table = tf.tensor2d([0, 1, 2], [3, 1]);
  const gradient = tf.grad((hidden) =>
    nextItemLoss(hidden as tf.Tensor3D, table, tf.tensor1d([1], 'int32'), tf.tensor1d([2], 'int32')),
  )(tf.ones([1, 3, 1]));
  const [a, b, c] = gradient.dataSync();
  expect([a, c]).toEqual([0, 0]);
  expect(b).not.toBe(0);
});

it('refuses a batch with nothing to learn', () => {
  const none = tf.tensor1d([], 'int32');
  expect(() => nextItemLoss(tf.ones([1, 1, 1]), tf.ones([2, 1]), none, none)).toThrow(
    /no event with a next item/,
  );
});
