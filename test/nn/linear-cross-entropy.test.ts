import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import { linearCrossEntropy } from '../../lib/nn/linear-cross-entropy';
import { rowsFused, rowsPlain } from '../../lib/nn/native/softmax-cross-entropy';

beforeAll(async () => {
  await startBackend();
});

const [L, D, V] = [12, 4, 7];
const rng = createRng(3);
const draw = (rows: number, columns: number): tf.Tensor2D =>
  tf.tensor2d(
    Float32Array.from({ length: rows * columns }, () => rng.normal()),
    [rows, columns],
  );
const targets = (): tf.Tensor1D => tf.tensor1d([0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 3], 'int32');
const largestDifference = (a: tf.Tensor, b: tf.Tensor): number => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;

describe('cross-entropy over all items', () => {
  it('is log V for equal scores', () => {
    expect(linearCrossEntropy(tf.zeros([L, D]), draw(V, D), targets()).dataSync()[0]).toBeCloseTo(
      Math.log(V),
      6,
    );
  });

  it.each([1, 5, 12, 1000])(
    'has the value and the gradients of tf.losses, in chunks of %i rows',
    (chunkRows) => {
      const [hidden, table] = [draw(L, D), draw(V, D)];
      const own = (h: tf.Tensor, t: tf.Tensor): tf.Scalar =>
        linearCrossEntropy(h as tf.Tensor2D, t as tf.Tensor2D, targets(), chunkRows);
      const reference = (h: tf.Tensor, t: tf.Tensor): tf.Scalar =>
        tf.losses.softmaxCrossEntropy(
          tf.oneHot(targets(), V),
          tf.matMul(h as tf.Tensor2D, t as tf.Tensor2D, false, true),
        );
      expect(largestDifference(own(hidden, table), reference(hidden, table))).toBeLessThan(1e-6);
      const [a, b] = [tf.grads(own)([hidden, table]), tf.grads(reference)([hidden, table])];
      for (const [index, gradient] of a.entries())
        expect(largestDifference(gradient, b[index]!)).toBeLessThan(1e-6);
    },
  );

  it('fused and plain rows agree, also where scores are too large for a naive exponential', () => {
    const logits: tf.Tensor2D = tf.mul(draw(L, V), 200);
    const [a, b] = [rowsFused(logits, targets()), rowsPlain(logits, targets())];
    expect(largestDifference(a.loss_L, b.loss_L)).toBeLessThan(1e-3); // of losses up to 1,000
    expect(largestDifference(a.gradient_LV, b.gradient_LV)).toBeLessThan(1e-6);
    expect(a.loss_L.dataSync().every(Number.isFinite)).toBe(true);
  });
});
