import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { createRng } from '../../lib/base/random';

/** Four rows, six items, width 3: the example whose losses NumPy gives in the tests. */
const wave = (of: (x: number) => number, rows: number): tf.Tensor2D =>
  tf.tensor2d(
    Float32Array.from({ length: rows * 3 }, (_, place) => of(place)),
    [rows, 3],
  );
export const golden = {
  hidden_LD: (): tf.Tensor2D => wave(Math.sin, 4),
  table_VD: (): tf.Tensor2D => wave(Math.cos, 6),
  targets_L: (): tf.Tensor1D => tf.tensor1d([1, 5, 3, 2], 'int32'),
  weights_L: (): tf.Tensor1D => tf.tensor1d([1, 0.5, 2, 0]),
  negatives_LK: (): tf.Tensor2D => tf.tensor2d([2, 3, 4, 1, 5, 5, 1, 4], [4, 2], 'int32'),
};

/** Standard normal numbers times `scale`. */
export function draw(rows: number, columns: number, seed: number, scale = 1): tf.Tensor2D {
  const rng = createRng(seed);
  return tf.tensor2d(
    Float32Array.from({ length: rows * columns }, () => rng.normal() * scale),
    [rows, columns],
  );
}

export const largestDifference = (a: tf.Tensor, b: tf.Tensor): number =>
  tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;

/** A loss of hidden states and an item table. */
export type RowLoss = (hidden_LD: tf.Tensor2D, table_VD: tf.Tensor2D) => tf.Scalar;

/** Value, gradient by hidden states, gradient by the table. */
export function valueAndGradients(
  loss: RowLoss,
  hidden_LD: tf.Tensor2D,
  table_VD: tf.Tensor2D,
): [tf.Tensor, tf.Tensor, tf.Tensor] {
  const { value, grads } = tf.valueAndGrads((h, t) => loss(h as tf.Tensor2D, t as tf.Tensor2D))([
    hidden_LD,
    table_VD,
  ]);
  return [value, grads[0]!, grads[1]!];
}

/** Compare every number of both gradients with central differences. */
export function expectGradientsOfDifferences(
  loss: RowLoss,
  hidden_LD: tf.Tensor2D,
  table_VD: tf.Tensor2D,
): void {
  const [, ...gradients] = valueAndGradients(loss, hidden_LD, table_VD);
  const inputs = [hidden_LD, table_VD];
  for (const [which, gradient] of gradients.entries()) {
    const expected = inputs[which]!.dataSync().map((_, place) => {
      const at = (step: number): number => {
        const moved = inputs.map((input, index) => {
          const values = input.dataSync().slice();
          if (index === which) values[place]! += step;
          return tf.tensor2d(values, input.shape);
        }) as [tf.Tensor2D, tf.Tensor2D];
        return loss(...moved).dataSync()[0]!;
      };
      return (at(1e-2) - at(-1e-2)) / 2e-2;
    });
    // 32-bit losses around 2: about 1e-5 of noise in the quotient, and 1e-4 of curvature.
    expect(largestDifference(gradient, tf.tensor2d(expected, inputs[which]!.shape))).toBeLessThan(5e-4);
  }
}

/**
 * A row of weight 0 must be as good as absent: its vector may be anything, value and gradients stay the same to the last
 * bit, and its own gradient is exactly 0.
 */
export function expectRowWithoutTrace(loss: RowLoss, row: number): void {
  const [hidden, table] = [golden.hidden_LD(), golden.table_VD()];
  const L = hidden.shape[0];
  const isRow = tf.reshape(tf.cast(tf.equal(tf.range(0, L, 1, 'int32'), row), 'float32'), [L, 1]);
  const other: tf.Tensor2D = tf.add(hidden, tf.mul(isRow, 7));
  const [a, b] = [valueAndGradients(loss, hidden, table), valueAndGradients(loss, other, table)];
  for (const [index, tensor] of a.entries()) expect(largestDifference(tensor, b[index]!)).toBe(0);
  expect(
    tf
      .slice(a[1], [row, 0], [1, -1])
      .dataSync()
      .every((number) => number === 0),
  ).toBe(true);
  expect(largestDifference(a[2], tf.zerosLike(a[2]))).toBeGreaterThan(1e-3);
}
