import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { countParameters, leaves, trainableLeaves } from '../../lib/base/tree';
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

describe('a BERT with low-rank updates of its attention', () => {
  const load = () => loadSentenceModel(join(projectRoot, 'data', 'tiny-bert'));
  const updatesOf = ({ params }: ReturnType<typeof load>) =>
    initLowRank(
      params,
      { rank: 2, only: (path) => path.endsWith('attention.queryKeyValue.kernel') },
      createRng(1),
    );

  it('starts as the BERT that it updates, and has blocks x rank x (width + 3 width) numbers to learn', () => {
    const model = load();
    const updates = updatesOf(model);
    expect(countParameters({ bert: model.params, updates })).toBe(2 * 2 * (16 + 3 * 16));
    const batch = textBatch(model, ['the film', 'a star 耳机']);
    const vectors = (params: typeof model.params) =>
      sentenceVectors(model, params, batch, inference).dataSync();
    const updated = tf.tidy(() => vectors(withLowRank(model.params, updates)));
    expect(updated).toEqual(tf.tidy(() => vectors(model.params)));
  });

  it('learns what it is asked for, as a graph as well, and leaves the BERT as it was, to the last bit', () => {
    const model = load();
    const batch = textBatch(model, ['the film', 'a star', 'a soft lamp', 'night']);
    const want = tf.tensor2d([1, -1, 1, -1], [4, 1]);
    const outcome = (engine: 'eager' | 'graph'): number[] => {
      const updates = updatesOf(model);
      const params = { bert: model.params, updates };
      const plan: StepPlan = {
        params,
        optimiser: createOptimiser(params, { ...optimiserDefaults.adam, learningRate: 0.05 }),
        seed: 1,
        loss: ({ tokens_BT, isReal_BT, want_B1 }) => {
          const read = { tokens_BT: tokens_BT as tf.Tensor2D, isReal_BT: isReal_BT as tf.Tensor2D };
          const vectors = sentenceVectors(model, withLowRank(model.params, updates), read, inference);
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
      const isMoved = ([, leaf]: [string, tf.Variable]): boolean =>
        leaf.dataSync().some((value) => value !== 0);
      expect(trainableLeaves(updates).every(isMoved)).toBe(true);
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
