import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { linearCrossEntropy } from '../../lib/nn/linear-cross-entropy';
import { meanLogSumExp } from '../../lib/nn/mean-log-sum-exp';
import { rowShares } from '../../lib/nn/row-shares';
import {
  draw,
  expectGradientsOfDifferences,
  expectRowWithoutTrace,
  golden,
  largestDifference,
  valueAndGradients,
} from './loss-example';

beforeAll(async () => {
  await startBackend();
});

const [L, D, V] = [12, 4, 7];
const targets = (): tf.Tensor1D => tf.tensor1d([0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 3], 'int32');

describe('cross-entropy over all items', () => {
  it('is log V for equal scores', () => {
    const loss = linearCrossEntropy(tf.zeros([L, D]), draw(V, D, 1), targets());
    expect(loss.dataSync()[0]).toBeCloseTo(Math.log(V), 6);
  });

  it.each([1, 5, 12, 1000, undefined])(
    'has the value and the gradients of tf.losses, bias included, in chunks of %s rows',
    (chunkRows) => {
      const inputs = [draw(L, D, 1), draw(V, D, 2), tf.reshape(draw(V, 1, 3), [V])];
      const own = (h: tf.Tensor, t: tf.Tensor, b: tf.Tensor): tf.Scalar =>
        linearCrossEntropy(h as tf.Tensor2D, t as tf.Tensor2D, targets(), {
          bias_V: b as tf.Tensor1D,
          ...(chunkRows ? { chunkRows } : {}),
        });
      const reference = (h: tf.Tensor, t: tf.Tensor, b: tf.Tensor): tf.Scalar =>
        tf.losses.softmaxCrossEntropy(tf.oneHot(targets(), V), tf.add(tf.matMul(h, t, false, true), b));
      const [a, b] = [tf.valueAndGrads(own)(inputs), tf.valueAndGrads(reference)(inputs)];
      expect(largestDifference(a.value, b.value)).toBeLessThan(1e-6);
      for (const [index, gradient] of a.grads.entries())
        expect(largestDifference(gradient, b.grads[index]!)).toBeLessThan(1e-6);
    },
  );

  it('agrees with NumPy, weighted, without and with bias', () => {
    // numpy 2.4.6, Python 3.11:
    //   h = np.sin(np.arange(12)).reshape(4, 3); t = np.cos(np.arange(18)).reshape(6, 3); b = np.arange(6) / 10
    //   y = np.array([1, 5, 3, 2]); w = np.array([1, .5, 2, 0]); w = w / w.sum()
    //   for z in (h @ t.T, h @ t.T + b): print((w * (np.log(np.exp(z).sum(-1)) - z[range(4), y])).sum())
    const run = (bias?: tf.Tensor1D): number =>
      linearCrossEntropy(golden.hidden_LD(), golden.table_VD(), golden.targets_L(), {
        weights_L: golden.weights_L(),
        ...(bias ? { bias_V: bias } : {}),
      }).dataSync()[0]!;
    expect(run()).toBeCloseTo(1.9659253712072258, 6);
    expect(run(tf.tensor1d([0, 0.1, 0.2, 0.3, 0.4, 0.5]))).toBeCloseTo(1.9635621777727574, 6);
  });

  it('has the gradients that finite differences give, weighted', () => {
    expectGradientsOfDifferences(
      (h, t) => linearCrossEntropy(h, t, golden.targets_L(), { weights_L: golden.weights_L(), chunkRows: 3 }),
      golden.hidden_LD(),
      golden.table_VD(),
    );
  });

  it.each([1, 3, 4])('leaves no trace of a row of weight 0, in chunks of %i rows', (chunkRows) => {
    expectRowWithoutTrace(
      (h, t) => linearCrossEntropy(h, t, golden.targets_L(), { weights_L: golden.weights_L(), chunkRows }),
      3,
    );
  });

  it('is 0, without gradient, where all rows have weight 0', () => {
    const all = valueAndGradients(
      (h, t) => linearCrossEntropy(h, t, golden.targets_L(), { weights_L: tf.zeros([4]) }),
      golden.hidden_LD(),
      golden.table_VD(),
    );
    for (const tensor of all) expect(tensor.dataSync().every((number) => Math.abs(number) === 0)).toBe(true);
  });

  it('stays finite where scores are too large for a naive exponential', () => {
    const all = valueAndGradients(
      (h, t) => linearCrossEntropy(h, t, targets()),
      draw(L, D, 1, 30),
      draw(V, D, 2, 30),
    );
    for (const tensor of all) expect(tensor.dataSync().every(Number.isFinite)).toBe(true);
  });

  it('has the same value, and keeps no gradient, where none is taken', () => {
    const [hidden, table, shares] = [golden.hidden_LD(), golden.table_VD(), rowShares(4)];
    const before = tf.memory().numTensors;
    const plain = meanLogSumExp(hidden, table, shares);
    expect(tf.memory().numTensors).toBe(before + 1);
    const { value, grads } = tf.valueAndGrads((h, t) =>
      meanLogSumExp(h as tf.Tensor2D, t as tf.Tensor2D, shares),
    )([hidden, table]);
    expect(value.dataSync()).toEqual(plain.dataSync());
    tf.dispose([plain, value, ...grads]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses shapes and chunks that make no sense', () => {
    const [h, t] = [golden.hidden_LD(), golden.table_VD()];
    expect(() => linearCrossEntropy(h, t, targets())).toThrow(/targets_L should be \[4\], got \[12\]/);
    expect(() => linearCrossEntropy(h, t, golden.targets_L(), { bias_V: tf.zeros([5]) })).toThrow(
      /bias_V should be \[6\]/,
    );
    expect(() => linearCrossEntropy(h, t, golden.targets_L(), { chunkRows: 0 })).toThrow(
      /chunkRows must be a whole number from 1/,
    );
  });
});
