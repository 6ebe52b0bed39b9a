import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import { eventPositions } from '../../lib/nn/event-positions';
import {
  addLearnedPositions,
  addLearnedPositionsFromLast,
  initLearnedPositions,
} from '../../lib/nn/learned-positions';
import { addSinusoidalPositions } from '../../lib/nn/sinusoidal-positions';
import { expectNoLeaks, expectNumbers, expectSlopes, largestDifference, wave } from './numbers';

beforeAll(async () => {
  await startBackend();
});

const real = (): tf.Tensor2D =>
  tf.tensor2d([
    [1, 1, 1, 0],
    [0, 0, 1, 1],
    [0, 0, 0, 0],
  ]);

describe('the place of an event', () => {
  it('is counted from the first event, wherever padding stands', () => {
    const positions = eventPositions(real());
    expect(positions.dtype).toBe('int32');
    expect(positions.arraySync()).toEqual([
      [0, 1, 2, 2],
      [0, 0, 0, 1],
      [0, 0, 0, 0],
    ]);
  });
});

describe('learned positions', () => {
  const table = tf.tensor2d([
    [1, 2],
    [30, 40],
    [500, 600],
    [7000, 8000],
    [9, 9],
  ]);

  it('adds the row of its place to each event', () => {
    expect(addLearnedPositions({ table }, tf.ones([1, 3, 2])).arraySync()).toEqual([
      [
        [2, 3],
        [31, 41],
        [501, 601],
      ],
    ]);
  });

  it('counts from the first event when told where padding is', () => {
    const placed = addLearnedPositions({ table }, tf.zeros([3, 4, 2]), real()).arraySync();
    expect(placed[0]!.slice(0, 3)).toEqual(table.arraySync().slice(0, 3));
    expect(placed[1]!.slice(2)).toEqual(table.arraySync().slice(0, 2));
  });

  it('has the gradient of finite differences, with padding and without, also for a shorter sequence', () => {
    const inputs = [wave(0, 3, 4, 2), wave(1, 5, 2)];
    for (const isReal of [undefined, real()]) {
      const place = (x: tf.Tensor, table: tf.Tensor): tf.Tensor =>
        addLearnedPositions({ table }, x as tf.Tensor3D, isReal);
      expectSlopes(place, inputs);
      expectNoLeaks(place, inputs);
    }
    const full = (x: tf.Tensor, table: tf.Tensor): tf.Tensor =>
      addLearnedPositions({ table }, x as tf.Tensor3D);
    expectSlopes(full, [wave(0, 3, 5, 2), wave(1, 5, 2)]);
  });

  it('counts back from the last event of each sequence, which has the last place', () => {
    const rows = tf.tensor2d([...real().arraySync(), [1, 1, 1, 1]] as number[][]);
    const placed = addLearnedPositionsFromLast({ table }, tf.zeros([4, 4, 2]), rows).arraySync();
    expect(placed[0]!.slice(0, 3)).toEqual(table.arraySync().slice(2));
    expect(placed[1]!.slice(2)).toEqual(table.arraySync().slice(3));
    expect(placed[3]).toEqual(table.arraySync().slice(1));
    const isReal = real();
    const place = (x: tf.Tensor, table: tf.Tensor): tf.Tensor =>
      addLearnedPositionsFromLast({ table }, x as tf.Tensor3D, isReal);
    const inputs = [wave(0, 3, 4, 2), wave(1, 5, 2)];
    expectSlopes(place, inputs);
    expectNoLeaks(place, inputs);
    const short = { table: tf.zeros([3, 2]) };
    expect(() => addLearnedPositionsFromLast(short, tf.zeros([3, 4, 2]), real())).toThrow(/3 places/);
  });

  it('gives a place nobody has reached no gradient', () => {
    const gradient = tf.grad((table) => tf.sum(addLearnedPositions({ table }, tf.ones([2, 3, 2]))))(table);
    expect(gradient.arraySync()).toEqual([
      [2, 2],
      [2, 2],
      [2, 2],
      [0, 0],
      [0, 0],
    ]);
  });

  it('starts as large as item vectors do', () => {
    const { table } = initLearnedPositions(200, 64, createRng(1));
    expect(table.shape).toEqual([200, 64]);
    const { mean, variance } = tf.moments(table);
    // 12,800 draws of variance 1/64: the mean has a standard deviation of .0011, the variance of 1/64 * .0125.
    expect(Math.abs(mean.dataSync()[0]!)).toBeLessThan(0.0044);
    expect(Math.abs(64 * variance.dataSync()[0]! - 1)).toBeLessThan(0.05);
  });

  it('refuses a sequence longer than the table, and other shapes', () => {
    expect(() => addLearnedPositions({ table }, tf.ones([1, 6, 2]))).toThrow(
      'addLearnedPositions: there are 5 places, got a length of 6',
    );
    expect(() => addLearnedPositions({ table }, tf.ones([1, 3, 4]))).toThrow(RangeError);
    expect(() => addLearnedPositions({ table }, tf.ones([3, 3, 2]), real())).toThrow(RangeError);
  });
});

describe('sinusoidal positions', () => {
  it.each([
    [7, 6],
    [50, 64],
    [3, 5],
    [1, 1],
  ])('follow the formula: %s places, %s numbers', (T, D) => {
    const expected = Array.from({ length: T * D }, (_, at) => {
      const [place, column] = [Math.floor(at / D), at % D];
      const i = Math.floor(column / 2);
      const angle = place / Math.pow(10000, (2 * i) / D);
      return column === 2 * i ? Math.sin(angle) : Math.cos(angle);
    });
    expectNumbers(addSinusoidalPositions(tf.zeros([1, T, D])), expected);
    expectNumbers(addSinusoidalPositions(tf.ones([1, T, D])), expected.map((value) => value + 1)); // prettier-ignore
  });

  /*
   * PyTorch's tutorial form, NumPy 2.4.6:
   *   place = np.arange(3)[:, None]; div = np.exp(np.arange(0, 4, 2) * (-np.log(10000.0) / 4))
   *   pe = np.zeros((3, 4)); pe[:, 0::2] = np.sin(place * div); pe[:, 1::2] = np.cos(place * div)
   */
  it('gives the numbers of NumPy', () => {
    const expected = [0, 1, 0, 1, 0.841471, 0.540302, 0.01, 0.99995, 0.909297, -0.416147, 0.019999, 0.9998];
    expectNumbers(addSinusoidalPositions(tf.zeros([1, 3, 4])), expected);
  });

  it('makes the match of two places depend on their distance alone', () => {
    const waves = tf.reshape<tf.Rank.R2>(addSinusoidalPositions(tf.zeros([1, 30, 16])), [30, 16]);
    const match = tf.matMul(waves, waves, false, true).arraySync() as number[][];
    for (let place = 0; place < 20; place++) expect(match[place]![place + 7]).toBeCloseTo(match[0]![7]!, 4);
  });

  it('counts from the first event when told where padding is', () => {
    const [placed, plain] = [
      addSinusoidalPositions(tf.zeros([3, 4, 6]), real()),
      addSinusoidalPositions(tf.zeros([1, 4, 6])),
    ];
    const part = (from: tf.Tensor3D, row: number, start: number, size: number): tf.Tensor =>
      tf.slice(from, [row, start, 0], [1, size, 6]);
    expect(largestDifference(part(placed, 1, 2, 2), part(plain, 0, 0, 2))).toBe(0);
    expect(largestDifference(part(placed, 0, 0, 3), part(plain, 0, 0, 3))).toBe(0);
    expect(() => addSinusoidalPositions(tf.zeros([1, 4, 6]), real())).toThrow(RangeError);
  });

  it('passes gradients through and leaves no tensor behind', () => {
    const isReal = real();
    expectSlopes((x) => addSinusoidalPositions(x as tf.Tensor3D), [wave(0, 3, 4, 2)]);
    expectNoLeaks((x) => addSinusoidalPositions(x as tf.Tensor3D, isReal), [wave(0, 3, 4, 2)]);
  });
});
