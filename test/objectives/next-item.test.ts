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

it('fills the list up to a length with places that count nothing', () => {
  const { positions, targets, weights } = prepareNextItem(Int32Array.from([4, 0, 2, 9, 0, 0]), 5);
  expect([...positions]).toEqual([0, 2, 3, 0, 0]);
  expect([...targets]).toEqual([4, 2, 9, 1, 1]); // any item that exists
  expect([...weights]).toEqual([1, 1, 1, 0, 0]);
  expect([...prepareNextItem(Int32Array.from([4, 0, 2]), 2).weights]).toEqual([1, 1]);
});

it.each([[2], [2.5], [NaN], [-1]])('refuses a list of %d for three places', (length) => {
  const prepare = (): unknown => prepareNextItem(Int32Array.from([4, 0, 2, 9]), length);
  expect(prepare).toThrow(RangeError);
  expect(prepare).toThrow(`3 places do not fit into a list of ${length}`);
});

it('is the mean surprise over those places, padding being no candidate', () => {
  // Two items with scores (0, ln 3) for the state [1]: probabilities 1/4 and 3/4.
  const table = tf.tensor2d([50, 0, Math.log(3)], [3, 1]); // row 0 would win if it took part
  const hidden: tf.Tensor3D = tf.ones([1, 3, 1]);
  const loss = nextItemLoss(hidden, table, tf.tensor1d([0, 2], 'int32'), tf.tensor1d([1, 2], 'int32'));
  expect(loss.dataSync()[0]).toBeCloseTo((Math.log(4) + Math.log(4 / 3)) / 2, 6);
});

it('does not see places of weight 0: not their item, not their state, not how many they are', () => {
  const numbers = (size: number, frequency: number): number[] =>
    Array.from({ length: size }, (_, place) => Math.sin(frequency * (place + 1)));
  const table = tf.tensor2d(numbers(8 * 4, 1.3), [8, 4]);
  const hidden = tf.tensor3d(numbers(2 * 3 * 4, 0.7), [2, 3, 4]);
  const measure = (positions: number[], targets: number[], weights?: number[]): number[][] => {
    const { value, grads } = tf.valueAndGrads((hidden, table) =>
      nextItemLoss(
        hidden as tf.Tensor3D,
        table as tf.Tensor2D,
        tf.tensor1d(positions, 'int32'),
        tf.tensor1d(targets, 'int32'),
        weights && tf.tensor1d(weights),
      ),
    )([hidden, table]);
    return [value, ...grads].map((tensor) => [...tensor.dataSync()]);
  };
  const filled = measure([0, 2, 4, 0, 0], [3, 1, 7, 1, 1], [1, 1, 1, 0, 0]);
  // The same list with other items at other states: bit for bit the same.
  expect(measure([0, 2, 4, 5, 1], [3, 1, 7, 6, 2], [1, 1, 1, 0, 0])).toEqual(filled);
  const short = measure([0, 2, 4], [3, 1, 7]);
  for (const [index, values] of short.entries()) {
    for (const [place, value] of values.entries()) expect(filled[index]![place]).toBeCloseTo(value, 6);
  }
  // States that no real place asks for: exactly 0. Row 0 of the table is no candidate.
  const [, ofHidden, ofTable] = measure([0, 2, 4, 5, 1], [3, 1, 7, 6, 2], [1, 1, 1, 0, 0]);
  for (const state of [1, 3, 5]) expect(ofHidden!.slice(4 * state, 4 * state + 4)).toEqual([0, 0, 0, 0]);
  expect(ofTable!.slice(0, 4)).toEqual([0, 0, 0, 0]);
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
