import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { leaves } from '../../lib/base/tree';
import {
  createObjectives,
  describeObjectives,
  type ObjectiveSettings,
} from '../../lib/experiments/learning/objective-settings';
import { together, type Objective } from '../../lib/experiments/learning/objective';
import { userRecognition } from '../../lib/experiments/learning/user-recognition';
import { createModel } from '../../lib/experiments/sequence-model';
import { trainEncoder, trainingDefaults, type EncoderTraining } from '../../lib/experiments/train-encoder';
import { startBackend } from '../../lib/nn/backend';
import { inference, trainingMode } from '../../lib/nn/mode';
import { leaveOneOut } from '../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../lib/preprocessing/sequences';
import { uploadBatch } from '../../lib/training/batch-tensors';
import { toyLog } from '../preprocessing/toy-log';

beforeAll(async () => {
  await startBackend();
});

/** Sixty users, each of whom likes four of 24 items and has taken them in any order, 12 times: planted tastes. */
const split = (() => {
  const rng = createRng(4);
  const rows = Array.from({ length: 60 }, (_, user) =>
    Array.from(
      { length: 12 },
      (_, step) => [`u${user}`, `i${(4 * (user % 6) + rng.integer(4)) % 24}`, step] as const,
    ),
  ).flat();
  return leaveOneOut(toSequences(toyLog(rows)));
})();
const modelOf = (encoder: 'gru' | 'bert4rec' = 'gru') =>
  createModel(split.sequences.vocabulary, { encoder, length: 8, seed: 1, config: { width: 8 } });
const views = { views: 'halves', pooling: 'mean' } as const;
const both: ObjectiveSettings[] = [
  { name: 'contrastive', temperature: 0.2, ...views },
  { name: 'reconstruction', ...views },
];
const training: EncoderTraining = {
  ...trainingDefaults,
  maxEpochs: 12,
  batchSize: 32,
  optimiser: { ...trainingDefaults.optimiser, learningRate: 0.02 },
};
const fixed = (name: string, loss: number, batches: number): Objective => ({
  name,
  batches: (epoch, round = 0) =>
    Array.from({ length: batches }, (_, at) => `${name} ${epoch}.${round}.${at}`),
  inputs: () => ({ x: { values: Float32Array.of(loss), shape: [1] } }),
  loss: ({ x }) => tf.reshape<tf.Rank.R0>(x!, []),
  weight: () => batches,
});

describe('several objectives together', () => {
  const three = together([
    { objective: fixed('a', 1, 3), weight: 1 },
    { objective: fixed('b', 10, 2), weight: 0.5 },
    { objective: fixed('c', 100, 9), weight: 'learned' },
  ]);

  it('take a batch of each in a step; the first makes the epoch, the others start anew', () => {
    expect(three.batches(2)).toEqual([
      ['a 2.0.0', 'b 2.0.0', 'c 2.0.0'],
      ['a 2.0.1', 'b 2.0.1', 'c 2.0.1'],
      ['a 2.0.2', 'b 2.1.0', 'c 2.0.2'],
    ]);
    expect(three.weight(['a', 'b', 'c'])).toBe(3);
    expect(three.name).toBe('a + 0.5 x b + learned x c');
  });

  it('add their losses by weight; a learned one is exp(-s) L + s / 2', () => {
    const loss = (): number =>
      tf.tidy(() => three.loss(uploadBatch(three.inputs(['a', 'b', 'c'])), inference).dataSync()[0]!);
    expect(loss()).toBeCloseTo(1 + 5 + 100, 5);
    const [[path, s]] = leaves(three.heads!) as [[string, tf.Variable]];
    expect(path).toBe('2.logVariance');
    s.assign(tf.tensor1d([2]));
    expect(loss()).toBeCloseTo(6 + 100 * Math.exp(-2) + 1, 4);
    const { grads } = tf.variableGrads(
      () => three.loss(uploadBatch(three.inputs(['a', 'b', 'c'])), inference),
      [s],
    );
    expect(grads[s.name]!.dataSync()[0]).toBeCloseTo(-100 * Math.exp(-2) + 0.5, 4);
  });

  it('silence other numbers each, and the first those that it would alone', () => {
    const seen: number[][] = [];
    const spy = (name: string): Objective => ({
      ...fixed(name, 1, 1),
      loss: ({ x }, mode) => {
        if (mode.training) seen.push(Array.from(mode.key.dataSync()));
        return tf.reshape<tf.Rank.R0>(x!, []);
      },
    });
    const pair = together([
      { objective: spy('a'), weight: 1 },
      { objective: spy('b'), weight: 1 },
    ]);
    pair.loss(uploadBatch(pair.inputs(['a', 'b'])), trainingMode(5, 7));
    expect(seen[0]).toEqual([5, 7]);
    expect(seen[1]).not.toEqual(seen[0]);
  });

  it('refuse nothing, a weight of nothing, one without batches, one named twice, options of what is not learned', () => {
    expect(() => together([])).toThrow('there is no objective');
    expect(() => together([{ objective: fixed('a', 1, 1), weight: 0 }])).toThrow(
      'weight of a must be above 0',
    );
    const empty = together([
      { objective: fixed('a', 1, 1), weight: 1 },
      { objective: fixed('b', 1, 0), weight: 1 },
    ]);
    expect(() => empty.batches(1)).toThrow('b has nothing to learn from');
    const make = (all: ObjectiveSettings[], more = {}): unknown =>
      createObjectives(modelOf(), split, all, { batchSize: 8, ...more }, createRng(1));
    expect(() => make([both[0]!, both[0]!])).toThrow('contrastive stands there twice');
    expect(() => make(both, { loss: { name: 'bpr', negatives: 1 } })).toThrow('loss is of next items');
    expect(() => make([{ name: 'next-item' }], { lengthBuckets: 0 })).toThrow('numBuckets must be');
  });
});

describe('learning from two views of each user', () => {
  it.each([['gru'], ['bert4rec']] as const)(
    '%s: users are recognised better than before',
    async (encoder) => {
      const model = modelOf(encoder);
      const before = userRecognition(model, split, 'mean');
      const result = await trainEncoder(model, split, { ...training, objectives: both });
      expect(result.bestValidation).toBeGreaterThan(before);
      expect(userRecognition(model, split, 'mean')).toBeCloseTo(result.bestValidation, 6);
      const losses = result.history.map(({ loss }) => loss);
      expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.5);
    },
  );

  it('beside next items: NDCG@10 chooses the epoch, graph and eager agree, and the same seed gives the same', async () => {
    const objectives: ObjectiveSettings[] = [
      { name: 'next-item' },
      { ...both[0]!, weight: 0.5 },
      { ...both[1]!, weight: 'learned' },
    ];
    const run = (engine: 'graph' | 'eager') =>
      trainEncoder(modelOf(), split, { ...training, maxEpochs: 2, objectives, engine });
    const [graph, again, eager] = [await run('graph'), await run('graph'), await run('eager')];
    const losses = ({ history }: typeof graph): number[] => history.map(({ loss }) => loss);
    expect(losses(again)).toEqual(losses(graph));
    for (const [at, loss] of losses(eager).entries()) expect(losses(graph)[at]).toBeCloseTo(loss, 3);
  });

  it('never asks for what a view hides', () => {
    const model = modelOf('bert4rec');
    const made = createObjectives(
      model,
      split,
      [{ name: 'reconstruction', views: 'augmented', pooling: 'mean' }],
      { batchSize: 60 },
      createRng(1),
    );
    const { objective } = made[0]!;
    const { items_BT, items_L } = objective.inputs(objective.batches(1)[0]);
    expect(Math.max(...items_BT!.values)).toBe(model.config.numItems);
    expect(Math.max(...items_L!.values)).toBeLessThan(model.config.numItems);
  });

  it('has views no longer than asked for', () => {
    const objectives = createObjectives(
      modelOf(),
      split,
      [{ name: 'reconstruction', ...views, viewLength: 3 }],
      { batchSize: 8 },
      createRng(1),
    );
    const { objective } = objectives[0]!;
    const { items_BT } = objective.inputs(objective.batches(1)[0]);
    expect(items_BT!.shape).toEqual([16, 3]);
  });

  it('has a name in the protocol', () => {
    const objectives: ObjectiveSettings[] = [{ name: 'next-item' }, { ...both[0]!, weight: 0.5 }];
    expect(describeObjectives('gru', objectives, {})).toBe(
      'cross-entropy over all items, every position + 0.5 x contrastive of two views (halves, temperature 0.2, mean pooling)',
    );
  });
});
