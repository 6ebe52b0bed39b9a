import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import {
  classification,
  classProbabilitiesOf,
  initClassification,
  labelLosses,
  type LabelLoss,
} from '../../lib/objectives/classification';

beforeAll(async () => {
  await startBackend();
});

/** A head whose logits are the vectors themselves, of two numbers or of one. */
const head = (K: number) => ({ kernel: tf.variable(tf.eye(K)), bias: tf.variable(tf.zeros([K])) });
const lossOf = (logits: number[][], labels: number[], weights: number[], loss: LabelLoss): number =>
  tf.tidy(
    () =>
      classification(head(logits[0]!.length), tf.tensor2d(logits), {
        labels_N: tf.tensor1d(labels, 'int32'),
        weights_N: tf.tensor1d(weights),
        loss,
      }).dataSync()[0]!,
  );

describe('classification of users', () => {
  // import torch, torch.nn.functional as F
  // x = torch.tensor([.5, -2., 3.]); y = torch.tensor([1., 1., 0.])
  // F.binary_cross_entropy_with_logits(x, y) -> 1.8831974
  // F.mse_loss(torch.sigmoid(x), y) -> 0.6085793
  // z = torch.tensor([[.1, -.2, .7], [2., 0., 1.]]); t = torch.tensor([2, 1])
  // F.cross_entropy(z, t) -> 1.5390956 F.mse_loss(z.softmax(1), F.one_hot(t, 3).float()) -> 0.2818682
  it('has the values of PyTorch', () => {
    const binary = [[0.5], [-2], [3]];
    expect(lossOf(binary, [1, 1, 0], [1, 1, 1], 'cross-entropy')).toBeCloseTo(1.8831974, 5);
    expect(lossOf(binary, [1, 1, 0], [1, 1, 1], 'squared-error')).toBeCloseTo(0.6085793, 5);
    const three = [
      [0.1, -0.2, 0.7],
      [2, 0, 1],
    ];
    expect(lossOf(three, [2, 1], [1, 1], 'cross-entropy')).toBeCloseTo(1.5390956, 5);
    expect(lossOf(three, [2, 1], [1, 1], 'squared-error')).toBeCloseTo(0.2818682, 5);
  });

  it('has log K and (K - 1) / K² where logits say nothing', () => {
    expect(lossOf([[0]], [1], [1], 'cross-entropy')).toBeCloseTo(Math.log(2), 6);
    expect(lossOf([[0]], [0], [1], 'squared-error')).toBeCloseTo(1 / 4, 6);
    expect(lossOf([[3, 3, 3]], [1], [1], 'cross-entropy')).toBeCloseTo(Math.log(3), 6);
    expect(lossOf([[3, 3, 3]], [1], [1], 'squared-error')).toBeCloseTo(2 / 9, 6);
  });

  it('survives logits of any size, where a BCE of rounded probabilities would be infinite', () => {
    expect(lossOf([[300], [-300]], [0, 1], [1, 1], 'cross-entropy')).toBeCloseTo(300, 3);
    expect(lossOf([[300], [-300]], [1, 0], [1, 1], 'cross-entropy')).toBeCloseTo(0, 6);
  });

  it.each(labelLosses)('%s: a row of weight 0 counts exactly nothing, and weights are relative', (loss) => {
    const [one, filled] = [
      lossOf([[1.5], [-0.5]], [1, 0], [1, 1], loss),
      lossOf([[1.5], [-0.5], [9]], [1, 0, 0], [2, 2, 0], loss),
    ];
    expect(filled).toBeCloseTo(one, 6);
    expect(lossOf([[1]], [1], [0], loss)).toBe(0);
  });

  it.each(labelLosses.flatMap((loss) => [2, 4].map((classes) => [loss, classes] as const)))(
    '%s with %i classes has the gradient of finite differences',
    (loss, classes) => {
      const own = initClassification(3, classes, createRng(2));
      const users = tf.variable(tf.tensor2d([0.3, -1, 2, 0.5, 0.1, -0.7], [2, 3]));
      const value = (): tf.Scalar =>
        classification(own, users, {
          labels_N: tf.tensor1d([1, 0], 'int32'),
          weights_N: tf.tensor1d([1, 2]),
          loss,
        });
      const all = [own.kernel, own.bias, users];
      const { grads } = tf.variableGrads(value, all);
      for (const leaf of all) {
        const [start, gradient] = [leaf.dataSync().slice(), grads[leaf.name]!.dataSync()];
        for (const place of start.keys()) {
          const at = (by: number): number => {
            const moved = start.slice();
            moved[place] = moved[place]! + by;
            leaf.assign(tf.tensor(moved, leaf.shape));
            return value().dataSync()[0]!;
          };
          const slope = (at(1e-2) - at(-1e-2)) / 2e-2;
          leaf.assign(tf.tensor(start, leaf.shape));
          expect(gradient[place]!).toBeCloseTo(slope, 3);
        }
      }
    },
  );

  it('gives probabilities that sum to 1, the second class by the sigmoid of one number', () => {
    const two = classProbabilitiesOf(head(1), tf.tensor2d([[0], [2]])).arraySync();
    expect(two[0]).toEqual([0.5, 0.5]);
    expect(two[1]![1]).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
    const three = classProbabilitiesOf(head(3), tf.tensor2d([[1, 2, 4]])).arraySync()[0]!;
    expect(three.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
    expect(three[2]! / three[1]!).toBeCloseTo(Math.exp(2), 4);
    expect(() => initClassification(4, 1, createRng(1))).toThrow('classes must be a whole number from 2');
  });
});
