import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { countParameters, leaves, trainableLeaves } from '../../lib/base/tree';
import { bertWithLowRank, initBertLowRank } from '../../lib/encoders/bert-low-rank';
import { loadSentenceModel, sentenceVectors, textBatch } from '../../lib/experiments/text/sentence-model';
import { startBackend } from '../../lib/nn/backend';
import { initLowRank, withLowRank } from '../../lib/nn/low-rank';
import { inference } from '../../lib/nn/mode';
import { createOptimiser, optimiserDefaults } from '../../lib/training/optimiser';
import { compileTrainingStep, eagerTrainingStep, type StepPlan } from '../../lib/training/training-step';
import { projectRoot } from '../lib-files';

beforeAll(async () => {
  await startBackend();
});

describe('a low-rank update of a linear layer', () => {
  it('is kernel + alpha / R (down . up)', () => {
    const update = initLowRank(2, 3, 2, createRng(1));
    update.down.assign(tf.tensor2d([1, 2, 3, 4], [2, 2]));
    update.up.assign(tf.tensor2d([1, 0, 1, 0, 1, 1], [2, 3]));
    const layer = { kernel: tf.ones([2, 3]), bias: tf.tensor1d([1, 2, 3]) };
    // down . up = [[1, 2, 3], [3, 4, 7]]; alpha / R = 2.
    const { kernel, bias } = withLowRank(layer, update, 4);
    expect(kernel.arraySync()).toEqual([
      [3, 5, 7],
      [7, 9, 15],
    ]);
    expect(bias).toBe(layer.bias);
  });

  it('changes nothing at first, and is refused with a rank that is none', () => {
    const layer = { kernel: tf.ones([4, 3]), bias: tf.zeros([3]) };
    const { kernel } = withLowRank(layer, initLowRank(4, 3, 2, createRng(1)), 8);
    expect(kernel.arraySync()).toEqual(layer.kernel.arraySync());
    for (const rank of [0, 4, 1.5]) {
      expect(() => initLowRank(4, 3, rank, createRng(1))).toThrow('rank must be a whole number from 1 to 3');
    }
  });
});

describe('a BERT with low-rank updates', () => {
  const load = () => loadSentenceModel(join(projectRoot, 'data', 'tiny-bert'));
  const settings = { rank: 2, alpha: 4 };

  it('starts as the BERT that it updates, and has 2 x 2 x blocks x width x rank numbers to learn', () => {
    const model = load();
    const updates = initBertLowRank(model.config, settings, createRng(1));
    expect(countParameters({ bert: model.params, updates })).toBe(2 * 2 * 2 * 16 * 2);
    const batch = textBatch(model, ['the film', 'a star 耳机']);
    const apart = tf.tidy(() => {
      const updated = sentenceVectors(
        model,
        bertWithLowRank(model.params, updates, settings),
        batch,
        inference,
      );
      return tf.max(tf.abs(tf.sub(updated, sentenceVectors(model, model.params, batch, inference))));
    });
    expect(apart.dataSync()[0]).toBe(0);
  });

  it('learns what it is asked for, as a graph as well, and leaves the BERT as it was, to the last bit', () => {
    const model = load();
    const batch = textBatch(model, ['the film', 'a star', 'a soft lamp', 'night']);
    const want = tf.tensor2d([1, -1, 1, -1], [4, 1]);
    const outcome = (engine: 'eager' | 'graph'): number[] => {
      const updates = initBertLowRank(model.config, settings, createRng(1));
      const params = { bert: model.params, updates };
      const plan: StepPlan = {
        params,
        optimiser: createOptimiser(params, { ...optimiserDefaults.adam, learningRate: 0.05 }),
        seed: 1,
        loss: ({ tokens_BT, isReal_BT, want_B1 }) => {
          const read = { tokens_BT: tokens_BT as tf.Tensor2D, isReal_BT: isReal_BT as tf.Tensor2D };
          const weights = bertWithLowRank(model.params, updates, settings);
          const vectors = sentenceVectors(model, weights, read, inference);
          return tf.mean(tf.square(tf.sub(tf.slice(vectors, [0, 0], [-1, 1]), tf.mul(want_B1!, 0.5))));
        },
      };
      const inputs = { ...batch, want_B1: want };
      const step =
        engine === 'graph'
          ? compileTrainingStep({ ...plan, examples: [inputs, inputs] })
          : eagerTrainingStep(plan);
      const losses = Array.from({ length: 60 }, () => step.run(inputs, 0.05).loss);
      step.pull();
      expect(plan.optimiser.memory.size).toBe(2 * trainableLeaves(updates).length);
      expect(trainableLeaves(updates).every(([, leaf]) => leaf.dataSync().some((value) => value !== 0))).toBe(
        true,
      );
      step.dispose();
      return losses;
    };
    const before = leaves(model.params).map(([, leaf]) => leaf.dataSync().slice());
    const eager = outcome('eager');
    expect(eager.at(-1)!).toBeLessThan(0.2 * eager[0]!);
    const graph = outcome('graph');
    for (const step of [0, 1, 5]) expect(graph[step]!).toBeCloseTo(eager[step]!, 4);
    for (const [index, [path, leaf]] of leaves(model.params).entries()) {
      expect(leaf.dataSync(), path).toEqual(before[index]);
    }
  });
});
