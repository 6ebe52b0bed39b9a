import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import {
  softmaxCrossEntropyFused,
  softmaxCrossEntropyPlain,
} from '../../lib/nn/native/softmax-cross-entropy';
import { rowShares } from '../../lib/nn/row-shares';
import { softmaxCrossEntropy } from '../../lib/nn/softmax-cross-entropy';
import { draw, golden, largestDifference } from './loss-example';

beforeAll(async () => {
  await startBackend();
});

const goldenLogits = (): tf.Tensor2D => tf.matMul(golden.hidden_LD(), golden.table_VD(), false, true);

describe('shares of rows', () => {
  it('sum to 1, in proportion to the weights', () => {
    expect([...rowShares(4).dataSync()]).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect([...rowShares(3, tf.tensor1d([2, 0, 6])).dataSync()]).toEqual([0.25, 0, 0.75]);
  });

  it('are 0 where all weights are 0', () => {
    expect([...rowShares(2, tf.zeros([2])).dataSync()]).toEqual([0, 0]);
  });

  it('refuse weights that do not fit the rows', () => {
    expect(() => rowShares(3, tf.ones([2]))).toThrow(/weights_L should be \[3\], got \[2\]/);
  });
});

describe('softmax cross-entropy', () => {
  it('is log V for equal scores, and the surprise of the right answer otherwise', () => {
    const equal = softmaxCrossEntropy(tf.zeros([2, 5]), tf.tensor1d([0, 4], 'int32'));
    expect(equal.dataSync()[0]).toBeCloseTo(Math.log(5), 6);
    // Probabilities 1/4 and 3/4.
    const odds = tf.tensor2d([0, Math.log(3)], [1, 2]);
    expect(softmaxCrossEntropy(odds, tf.tensor1d([0], 'int32')).dataSync()[0]).toBeCloseTo(Math.log(4), 6);
  });

  it('agrees with NumPy, weighted, in value and gradient', () => {
    // numpy 2.4.6, Python 3.11:
    //   h = np.sin(np.arange(12)).reshape(4, 3); t = np.cos(np.arange(18)).reshape(6, 3); z = h @ t.T
    //   y = np.array([1, 5, 3, 2]); w = np.array([1, .5, 2, 0]); w = w / w.sum()
    //   lse = np.log(np.exp(z).sum(-1)); print((w * (lse - z[range(4), y])).sum())
    //   p = np.exp(z - lse[:, None]); p[range(4), y] -= 1; print((w[:, None] * p)[0])
    const loss = (z: tf.Tensor): tf.Scalar =>
      softmaxCrossEntropy(z as tf.Tensor2D, golden.targets_L(), golden.weights_L());
    const { value, grad } = tf.valueAndGrad(loss)(goldenLogits());
    expect(value.dataSync()[0]).toBeCloseTo(1.9659253712072258, 6);
    const row0 = [0.04567098, -0.25411524, 0.06991637, 0.02097195, 0.10283653, 0.01471942];
    for (const [place, number] of row0.entries()) expect(grad.dataSync()[place]).toBeCloseTo(number, 6);
  });

  it.each([1, 10, 200])('fused and plain agree for scores of size %i', (scale) => {
    const [logits, targets] = [
      draw(12, 7, 3, scale),
      tf.tensor1d([0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 3], 'int32'),
    ];
    const shares = rowShares(12, tf.tensor1d([1, 2, 3, 0, 0, 1, 1, 1, 0.5, 1, 1, 1]));
    const [fused, plain] = [softmaxCrossEntropyFused, softmaxCrossEntropyPlain].map((run) =>
      tf.valueAndGrad((z) => tf.mul(run(z as tf.Tensor2D, targets, shares), 3))(logits),
    );
    expect(Number.isFinite(fused!.value.dataSync()[0])).toBe(true);
    expect(largestDifference(fused!.value, plain!.value)).toBeLessThan(1e-6 * (1 + 3 * scale));
    expect(largestDifference(fused!.grad, plain!.grad)).toBeLessThan(1e-6);
  });

  it('leaves no trace of a row of weight 0', () => {
    const loss = (z: tf.Tensor): tf.Scalar =>
      softmaxCrossEntropy(z as tf.Tensor2D, golden.targets_L(), golden.weights_L());
    const changed = tf.add(goldenLogits(), tf.tensor2d([0, 0, 0, 9], [4, 1]));
    const [a, b] = [tf.valueAndGrad(loss)(goldenLogits()), tf.valueAndGrad(loss)(changed)];
    expect(a.value.dataSync()).toEqual(b.value.dataSync());
    expect(largestDifference(a.grad, b.grad)).toBe(0);
    expect(
      a.grad
        .dataSync()
        .slice(18)
        .every((number) => number === 0),
    ).toBe(true);
  });

  it('works inside a tidy of a larger gradient and leaves no tensor behind', () => {
    const [logits, targets] = [goldenLogits(), golden.targets_L()];
    const before = tf.memory().numTensors;
    const gradient = tf.grad((z) => tf.tidy(() => tf.square(softmaxCrossEntropy(tf.mul(z, 2), targets))))(
      logits,
    );
    expect(tf.memory().numTensors).toBe(before + 1);
    gradient.dispose();
    softmaxCrossEntropy(logits, targets).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses targets that do not fit', () => {
    expect(() => softmaxCrossEntropy(tf.zeros([2, 3]), tf.tensor1d([1], 'int32'))).toThrow(
      /targets_L should be \[2\]/,
    );
  });
});
