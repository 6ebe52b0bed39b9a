import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import { linearCrossEntropy } from '../../lib/nn/linear-cross-entropy';
import { sampledSoftmax, type SharedNegatives } from '../../lib/nn/sampled-softmax';
import {
  logExpectedCounts,
  popularitySampler,
  sampleSharedNegatives,
} from '../../lib/objectives/sample-negatives';
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

const q = [0, 0.4, 0.3, 0.15, 0.1, 0.05];
const sampleOf = (negatives: number[], targets: tf.Tensor1D): SharedNegatives => {
  const logExpected = (items: ArrayLike<number>): tf.Tensor1D =>
    tf.tensor1d(Array.from(items, (item) => Math.log(negatives.length * q[item]!)));
  return {
    negatives_N: tf.tensor1d(negatives, 'int32'),
    logExpected_N: logExpected(negatives),
    logExpectedTarget_L: logExpected(targets.dataSync()),
  };
};
const goldenLoss = (h: tf.Tensor2D, t: tf.Tensor2D): tf.Scalar =>
  sampledSoftmax(h, t, golden.targets_L(), sampleOf([2, 3, 5, 2], golden.targets_L()), golden.weights_L());

describe('sampled softmax', () => {
  it('is the surprise of one among the sampled: equal scores and equal expected counts', () => {
    const sample = {
      negatives_N: tf.tensor1d([2, 3], 'int32'),
      logExpected_N: tf.zeros([2]),
      logExpectedTarget_L: tf.zeros([2]),
    } as SharedNegatives;
    // Row 0 has the target and two negatives. Row 1's target is one of the negatives, which therefore drops out.
    const targets = tf.tensor1d([1, 3], 'int32');
    const loss = (weights: number[]): number =>
      sampledSoftmax(tf.ones([2, 1]), tf.ones([4, 1]), targets, sample, tf.tensor1d(weights)).dataSync()[0]!;
    expect(loss([1, 0])).toBeCloseTo(Math.log(3), 6);
    expect(loss([0, 1])).toBeCloseTo(Math.log(2), 6);
  });

  it('agrees with NumPy', () => {
    // numpy 2.4.6, Python 3.11:
    //   h = np.sin(np.arange(12)).reshape(4, 3); t = np.cos(np.arange(18)).reshape(6, 3); z = h @ t.T
    //   y = np.array([1, 5, 3, 2]); w = np.array([1, .5, 2, 0]); w = w / w.sum()
    //   neg = np.array([2, 3, 5, 2]); q = np.array([0, .4, .3, .15, .1, .05]); losses = []
    //   for l in range(4):
    //       z_neg = z[l, neg] - np.log(4 * q[neg]); right = z[l, y[l]] - np.log(4 * q[y[l]])
    //       losses.append(np.log(np.exp(np.append(z_neg[neg != y[l]], right)).sum()) - right)
    //   print((w * losses).sum())
    expect(goldenLoss(golden.hidden_LD(), golden.table_VD()).dataSync()[0]).toBeCloseTo(
      1.6161125292734193,
      6,
    );
  });

  it('equals the full softmax where every item is in the sample once', () => {
    const [hidden, table] = [draw(8, 4, 1), draw(6, 4, 2)];
    const targets = tf.tensor1d([0, 1, 2, 3, 4, 5, 0, 1], 'int32');
    const weights = tf.tensor1d([1, 2, 0, 1, 1, 3, 1, 0.5]);
    const everything: SharedNegatives = {
      negatives_N: tf.tensor1d([3, 0, 1, 5, 4, 2], 'int32'),
      logExpected_N: tf.fill([6], 0.7),
      logExpectedTarget_L: tf.fill([8], 0.7),
    };
    const sampled = valueAndGradients(
      (h, t) => sampledSoftmax(h, t, targets, everything, weights),
      hidden,
      table,
    );
    const full = valueAndGradients(
      (h, t) => linearCrossEntropy(h, t, targets, { weights_L: weights }),
      hidden,
      table,
    );
    for (const [index, tensor] of sampled.entries())
      expect(largestDifference(tensor, full[index]!)).toBeLessThan(1e-6);
  });

  it('has the gradients that finite differences give', () => {
    expectGradientsOfDifferences(goldenLoss, golden.hidden_LD(), golden.table_VD());
  });

  it('leaves no trace of a row of weight 0', () => {
    expectRowWithoutTrace(goldenLoss, 3);
  });

  it('stays finite for scores of 1,000', () => {
    const [h, t] = [draw(4, 3, 1, 30), draw(6, 3, 2, 30)];
    for (const tensor of valueAndGradients(goldenLoss, h, t))
      expect(tensor.dataSync().every(Number.isFinite)).toBe(true);
  });

  it('estimates the sum over all items without bias, also where popular items are drawn far more often', () => {
    // exp(loss) = 1 + Σ over the sample of exp(score - log expected) / exp(right - log expected of the target). With the
    // target's expected count given as 1, the expectation over samples is 1 + Σ over all other items of
    // exp(score - right): exactly exp(loss of the full softmax).
    const [hidden, table] = [draw(1, 3, 5), draw(6, 3, 6)];
    const target = tf.tensor1d([2], 'int32');
    const sampler = popularitySampler([0, 40, 30, 15, 10, 5]);
    const [N, samples] = [64, 150];
    const mean = (correct: boolean): number => {
      const rng = createRng(11);
      let sum = 0;
      for (let sample = 0; sample < samples; sample++) {
        const negatives = sampleSharedNegatives(sampler, N, rng);
        // Without the correction: as if all five items were drawn equally often.
        const logExpected = correct
          ? logExpectedCounts(sampler, negatives, N)
          : new Float32Array(N).fill(Math.log(N / 5));
        sum += tf.tidy(() => {
          const loss = sampledSoftmax(hidden, table, target, {
            negatives_N: tf.tensor1d(negatives, 'int32'),
            logExpected_N: tf.tensor1d(logExpected),
            logExpectedTarget_L: tf.zeros([1]),
          });
          return Math.exp(loss.dataSync()[0]!);
        });
      }
      return sum / samples;
    };
    const candidates: tf.Tensor2D = tf.slice(table, [1, 0], [5, 3]); // padding is never drawn
    const full = Math.exp(linearCrossEntropy(hidden, candidates, tf.tensor1d([1], 'int32')).dataSync()[0]!);
    expect(Math.abs(mean(true) / full - 1)).toBeLessThan(0.03);
    expect(Math.abs(mean(false) / full - 1)).toBeGreaterThan(0.1);
  });

  it('leaves no tensor behind', () => {
    const [h, t] = [golden.hidden_LD(), golden.table_VD()];
    const before = tf.memory().numTensors;
    tf.tidy(() => tf.dispose(tf.grads((h, t) => goldenLoss(h as tf.Tensor2D, t as tf.Tensor2D))([h, t])));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses shapes that do not fit', () => {
    const sample = sampleOf([2, 3], golden.targets_L());
    const run = (change: Partial<SharedNegatives>) => () =>
      sampledSoftmax(golden.hidden_LD(), golden.table_VD(), golden.targets_L(), { ...sample, ...change });
    expect(run({ logExpected_N: tf.zeros([3]) })).toThrow(/logExpected_N should be \[2\], got \[3\]/);
    expect(run({ logExpectedTarget_L: tf.zeros([3]) })).toThrow(/logExpectedTarget_L should be \[4\]/);
  });
});
