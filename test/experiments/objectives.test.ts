import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { leaves } from '../../lib/base/tree';
import {
  createObjectives,
  describeObjectives,
  type ObjectiveSettings,
} from '../../lib/experiments/learning/objective-settings';
import { nextItems } from '../../lib/experiments/learning/next-item';
import { together, type Objective } from '../../lib/experiments/learning/objective';
import { userRecognition } from '../../lib/experiments/learning/user-recognition';
import { createModel, type SequenceModel } from '../../lib/experiments/sequence-model';
import { trainEncoder, trainingDefaults, type EncoderTraining } from '../../lib/experiments/train-encoder';
import { startBackend } from '../../lib/nn/backend';
import { inference, trainingMode } from '../../lib/nn/mode';
import { augmentationNames, type Augmentation } from '../../lib/preprocessing/augmentation/augment-batch';
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

describe('learning item vectors from what stands near', () => {
  const near = { name: 'skip-gram', window: 3, shuffled: false, negatives: 4, threshold: 0 } as const;
  const vectorsOnly = (numLayers: number) =>
    createModel(split.sequences.vocabulary, {
      encoder: 'average',
      length: 8,
      seed: 1,
      config: { width: 8, numLayers },
    });

  it('finds the six planted groups of four items: the nearest three of each item are its own', async () => {
    const model = vectorsOnly(0);
    /** Of the three nearest items by cosine, the share of the same group. */
    const ownShare = (): number => {
      const { itemIds } = split.sequences.vocabulary;
      const rows = model.params.itemEmbedding.arraySync().map((row) => {
        const length = Math.hypot(...row);
        return row.map((value) => (length > 0 ? value / length : 0));
      });
      const groupOf = (item: number): number => Math.floor(Number(itemIds[item]!.slice(1)) / 4);
      const items = itemIds.map((_, item) => item).filter((item) => item > 0);
      const shares = items.map((item) => {
        const likeness = (other: number): number =>
          rows[item]!.reduce((sum, value, d) => sum + value * rows[other]![d]!, 0);
        const others = items.filter((other) => other !== item);
        const best = others.sort((a, b) => likeness(b) - likeness(a)).slice(0, 3);
        return best.filter((other) => groupOf(other) === groupOf(item)).length / 3;
      });
      return shares.reduce((sum, share) => sum + share) / shares.length;
    };
    expect(ownShare()).toBeLessThan(0.4);
    const settings = { ...training, batchSize: 4, maxEpochs: 30, keep: 'last', objectives: [near] } as const;
    const { history } = await trainEncoder(model, split, settings);
    expect(history[0]!.loss).toBeLessThan(5 * Math.LN2 + 0.01);
    expect(ownShare()).toBeGreaterThan(0.99);
  });

  it('draws every epoch anew, the same for a seed, and leaves out events of frequent items', () => {
    const batchesOf = (more: object, epoch = 1, seed = 1): number[] =>
      (
        createObjectives(
          vectorsOnly(0),
          split,
          [{ ...near, ...more }],
          { batchSize: 1 },
          createRng(seed),
        )[0]!.objective.batches(epoch) as { centres: Int32Array }[]
      ).flatMap(({ centres }) => [...centres]);
    expect(batchesOf({})).toEqual(batchesOf({}));
    expect(batchesOf({}, 2)).not.toEqual(batchesOf({}));
    expect(batchesOf({}, 1, 2)).not.toEqual(batchesOf({}));
    expect(batchesOf({ threshold: 0.01 }).length).toBeLessThan(0.8 * batchesOf({}).length);
  });

  it('is refused alone where an encoder has other weights, and has a name in the protocol', () => {
    const make = (numLayers: number, all: ObjectiveSettings[]) => (): unknown =>
      createObjectives(vectorsOnly(numLayers), split, all, { batchSize: 8 }, createRng(1));
    expect(make(1, [near])).toThrow('take average with numLayers 0');
    expect(make(1, [{ name: 'next-item' }, near])).not.toThrow();
    expect(make(0, [{ ...near, negatives: 0 }])).toThrow('negatives must be a whole number from 1');
    expect(describeObjectives('average', [near], {})).toBe(
      'skip-gram of items at most 3 apart (histories in order), 4 negatives a pair by popularity to the .75',
    );
  });
});

describe('next items from windows shorter than what the model reads', () => {
  it('have the windows that are asked for, and the same targets', () => {
    const make = (windowLength: number) =>
      nextItems(modelOf(), split, { batchSize: 16, windowLength }, createRng(1));
    const of = (windowLength: number): { length: number; targets: number } => {
      const batches = make(windowLength).batches(1);
      const targets = batches.reduce((sum, batch) => sum + make(windowLength).weight(batch), 0);
      return { length: Math.max(...batches.map(({ length }) => length)), targets };
    };
    // Training parts have 10 events, so 9 targets.
    expect(of(3)).toEqual({ length: 3, targets: 60 * 9 });
    expect(of(8)).toEqual({ length: 8, targets: 60 * 9 });
    for (const wrong of [1, 9, 2.5])
      expect(() => make(wrong)).toThrow('windowLength must be a whole number from 2 to 8');
    const views: ObjectiveSettings[] = [both[0]!];
    expect(() =>
      createObjectives(modelOf(), split, views, { batchSize: 8, windowLength: 4 }, createRng(1)),
    ).toThrow('windowLength is of next items');
  });
});

describe('next items from augmented windows', () => {
  const make = (augmentation?: Augmentation, encoder: 'gru' | 'bert4rec' = 'gru') =>
    nextItems(
      modelOf(encoder),
      split,
      { batchSize: 16, ...(augmentation && { augmentation }) },
      createRng(1),
    );

  it('are those of plain ones where nothing is changed, and others from epoch to epoch where something is', () => {
    const read = (objective: ReturnType<typeof make>, epoch: number): string =>
      objective
        .batches(epoch)
        .map(({ items }) => items.join(' '))
        .join();
    expect(read(make({ name: 'drop', share: 0.4, chance: 0 }), 1)).toBe(read(make(), 1));
    for (const name of augmentationNames) {
      const changed = make({ name, share: 0.4, chance: 1 });
      expect(read(changed, 1)).not.toBe(read(make(), 1));
      expect(read(changed, 2)).not.toBe(read(changed, 1));
      expect(read(changed, 2)).toBe(read(make({ name, share: 0.4, chance: 1 }), 2));
      expect(read(make({ name, share: 0.4, chance: 1 }, 'bert4rec'), 1)).not.toBe(
        read(make(undefined, 'bert4rec'), 1),
      );
    }
    // Windows have 10 events, of which 4 are left out.
    const dropped = make({ name: 'drop', share: 0.4, chance: 1 }).batches(1);
    for (const { lengths } of dropped) for (const length of lengths) expect(length).toBeLessThanOrEqual(5);
  });

  it('learn, and say in the protocol what was changed', async () => {
    const augmentation = { name: 'substitute', share: 0.2, chance: 0.5 } as const;
    const model = modelOf();
    const { history } = await trainEncoder(model, split, { ...training, maxEpochs: 6, augmentation });
    expect(history.at(-1)!.loss).toBeLessThan(0.9 * history[0]!.loss);
    expect(describeObjectives('gru', [{ name: 'next-item' }], { augmentation })).toBe(
      'cross-entropy over all items, every position, substitute 0.2 in 0.5 of the windows',
    );
  });

  it('are refused where there are none, or where the model reads channels of the events as they were', () => {
    const augmentation = { name: 'drop', share: 0.2, chance: 0.5 } as const;
    expect(() =>
      createObjectives(modelOf(), split, [both[0]!], { batchSize: 8, augmentation }, createRng(1)),
    ).toThrow('augmentation is of next items');
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

  it('pooled by attention: the question is learned with the weights, and neither goes without the other', async () => {
    const asking = createModel(split.sequences.vocabulary, {
      encoder: 'gru',
      length: 8,
      seed: 1,
      config: { width: 8 },
      attentionPooling: true,
    });
    const byAttention = both.map((own) => ({ ...own, pooling: 'attention' as const }));
    const question = (): number[] =>
      leaves(asking.params.attentionPooling!).flatMap(([, leaf]) => Array.from(leaf.dataSync()));
    const [before, start] = [userRecognition(asking, split, 'attention'), question()];
    const result = await trainEncoder(asking, split, { ...training, objectives: byAttention });
    expect(userRecognition(asking, split, 'attention')).toBeCloseTo(result.bestValidation, 6);
    expect(result.bestValidation).toBeGreaterThan(before);
    const moved = question().map((value, place) => Math.abs(value - start[place]!));
    expect(Math.min(...moved)).toBeGreaterThan(0);
    const make = (model: SequenceModel, all: ObjectiveSettings[]) => (): unknown =>
      createObjectives(model, split, all, { batchSize: 8 }, createRng(1));
    expect(make(modelOf(), byAttention)).toThrow('needs a model that is created with');
    expect(make(asking, both)).toThrow('no objective teaches it');
    expect(make(asking, [{ name: 'next-item' }])).toThrow('no objective teaches it');
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
