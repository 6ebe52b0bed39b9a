import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { leaves } from '../../lib/base/tree';
import { kmeans } from '../../lib/clustering/kmeans';
import { adjustedRand } from '../../lib/evaluation/adjusted-rand';
import { deepClusters } from '../../lib/experiments/learning/deep-clusters';
import { intents, type IntentOptions } from '../../lib/experiments/learning/intents';
import {
  createObjectives,
  describeObjectives,
  type GroupingSettings,
  type ObjectiveSettings,
} from '../../lib/experiments/learning/objective-settings';
import type { GroupUpdate } from '../../lib/experiments/learning/user-groups';
import { createModel, userVectors, type SequenceModel } from '../../lib/experiments/sequence-model';
import { trainEncoder, trainingDefaults, type EncoderTraining } from '../../lib/experiments/train-encoder';
import { startBackend } from '../../lib/nn/backend';
import { inference, trainingMode } from '../../lib/nn/mode';
import { leaveOneOut } from '../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../lib/preprocessing/sequences';
import { trainPart } from '../../lib/preprocessing/splits/split-sequences';
import { uploadBatch } from '../../lib/training/batch-tensors';
import { copyWeights } from '../../lib/training/checkpoint';
import { toyLog } from '../preprocessing/toy-log';

beforeAll(async () => {
  await startBackend();
});

/** Sixty users of four groups, each with six items of its own; every third event is of any item. */
const group = (user: number): number => user % 4;
const split = (() => {
  const rng = createRng(4);
  const rows = Array.from({ length: 60 }, (_, user) =>
    Array.from({ length: 12 }, (_, step) => {
      const item = step % 3 === 2 ? rng.integer(24) : 6 * group(user) + rng.integer(6);
      return [`u${user}`, `i${item}`, step] as const;
    }),
  ).flat();
  return leaveOneOut(toSequences(toyLog(rows)));
})();
const planted = split.sequences.userIds.map((id) => group(Number(id.slice(1))));
const histories = split.sequences.userIds.map((_, user) => trainPart(split, user));
const modelOf = (seed = 1) =>
  createModel(split.sequences.vocabulary, { encoder: 'gru', length: 8, seed, config: { width: 8 } });
const dec = {
  name: 'dec',
  clusters: 4,
  pooling: 'mean',
  warmupEpochs: 0,
  every: 1,
  tolerance: 0,
} as const satisfies GroupingSettings;
const intent = {
  name: 'intent',
  clusters: 4,
  pooling: 'mean',
  warmupEpochs: 0,
  views: 'halves',
  temperature: 0.2,
  sameIntent: 'left-out',
} as const satisfies GroupingSettings;
const training: EncoderTraining = {
  ...trainingDefaults,
  maxEpochs: 6,
  batchSize: 16,
  keep: 'last',
  optimiser: { ...trainingDefaults.optimiser, learningRate: 0.01 },
};
const beside = (own: ObjectiveSettings): ObjectiveSettings[] => [{ name: 'next-item' }, own];
const decOptions = { ...dec, batchSize: 16 };
const intentOptions: IntentOptions = { ...intent, batchSize: 16 };
const bits = (params: object): string =>
  [...copyWeights(params).values()].map(({ values }) => Buffer.from(values.buffer).toString('hex')).join();

describe.each([
  ['dec', dec],
  ['intent', intent],
] as const)('groups of users in the loop: %s', (_, own) => {
  it('finds planted groups beside next items, where k-means on an untrained encoder finds few of them', async () => {
    const untrained = kmeans(userVectors(modelOf(), histories, { pooling: 'mean' }), {
      k: 4,
      rng: createRng(1),
    });
    expect(adjustedRand(untrained.labels, planted)).toBeLessThan(0.6);
    const model = modelOf();
    const { groups } = await trainEncoder(model, split, {
      ...training,
      maxEpochs: 40,
      objectives: beside({ ...own, warmupEpochs: 25, weight: 0.3 }),
    });
    expect(adjustedRand(groups!.labels, planted)).toBeGreaterThan(0.8);
    expect([groups!.centroids.rows, groups!.centroids.columns]).toEqual([4, 8]);
    // The groups are those of the weights that were kept: k-means over them agrees.
    const after = kmeans(userVectors(model, histories, { pooling: 'mean' }), { k: 4, rng: createRng(1) });
    expect(adjustedRand(groups!.labels, after.labels)).toBeGreaterThan(0.9);
  }, 60_000);

  it('moves every weight of the encoder, as a graph like eagerly, and the same for a seed', async () => {
    const run = async (engine: 'graph' | 'eager', seed = 1) => {
      const model = modelOf();
      const before = leaves(model.params).map(([, leaf]) => leaf.dataSync().slice());
      const { history } = await trainEncoder(model, split, {
        ...training,
        maxEpochs: 2,
        objectives: [own],
        engine,
        seed,
      });
      const moved = leaves(model.params).map(([path, leaf], place) => ({
        path,
        by: tf.max(tf.abs(tf.sub(leaf, tf.tensor(before[place]!, leaf.shape)))).dataSync()[0]!,
      }));
      return { losses: history.map(({ loss }) => loss), moved, bits: bits(model.params) };
    };
    const [graph, again, other, eager] = [
      await run('graph'),
      await run('graph'),
      await run('graph', 2),
      await run('eager'),
    ];
    expect(graph.moved.filter(({ by }) => by === 0)).toEqual([]);
    expect(again.bits).toBe(graph.bits);
    expect(other.bits).not.toBe(graph.bits);
    for (const [epoch, loss] of eager.losses.entries()) expect(graph.losses[epoch]).toBeCloseTo(loss, 4);
  });

  // 60 users in batches of 16: four steps. Interrupted within the warm-up, after an epoch with groups, and within one.
  it.each([
    [2, 3],
    [3, 0],
    [4, 2],
  ])(
    'interrupted at epoch %d, step %d, it ends with the bits of the uninterrupted one',
    async (epoch, step) => {
      const objectives = beside({ ...own, warmupEpochs: 2, weight: 0.5 });
      const plan = { ...training, maxEpochs: 5, objectives };
      const whole = modelOf();
      const heard: GroupUpdate[] = [];
      const wholeResult = await trainEncoder(whole, split, plan, {
        onGroups: (update) => heard.push(update),
      });
      expect(heard.map((update) => update.epoch)).toEqual([3, 4, 5]);

      const folder = mkdtempSync(join(tmpdir(), 'groups-'));
      const stop = new AbortController();
      const broken = await trainEncoder(modelOf(), split, plan, {
        folder,
        signal: stop.signal,
        onProgress: (progress) => {
          if (progress.epoch === epoch && progress.step === step) stop.abort();
        },
      });
      expect(broken.stoppedBy).toBe('interrupt');
      const resumed = modelOf(9);
      const result = await trainEncoder(resumed, split, plan, { folder });
      expect(bits(resumed.params)).toBe(bits(whole.params));
      expect(result.groups).toEqual(wholeResult.groups);
      const course = ({ history }: typeof result): unknown =>
        history.map((record) => ({ ...record, seconds: 0 }));
      expect(course(result)).toEqual(course(wholeResult));
    },
  );

  it('interrupted between the refresh and the first step, it does not take the standstill for the end', async () => {
    const settings = own.name === 'dec' ? { ...own, tolerance: 0.01 } : own;
    const plan = { ...training, maxEpochs: 2, objectives: beside(settings) };
    const folder = mkdtempSync(join(tmpdir(), 'groups-'));
    const stop = new AbortController();
    // The groups are told right after they were found: no step of the epoch is taken after that.
    const broken = await trainEncoder(modelOf(), split, plan, {
      folder,
      signal: stop.signal,
      onGroups: () => stop.abort(),
    });
    expect([broken.stoppedBy, broken.history.length]).toEqual(['interrupt', 0]);
    const [resumed, whole] = [modelOf(), modelOf()];
    const result = await trainEncoder(resumed, split, plan, { folder });
    await trainEncoder(whole, split, plan);
    expect(result.history.length).toBeGreaterThan(0);
    expect(bits(resumed.params)).toBe(bits(whole.params));
  });

  it('asks nothing in the warm-up: the epochs are those of the other objective alone', async () => {
    const run = async (objectives: ObjectiveSettings[], maxEpochs: number) =>
      (
        await trainEncoder(modelOf(), split, { ...training, maxEpochs, objectives, engine: 'eager' })
      ).history.map(({ loss }) => loss);
    const alone = await run([{ name: 'next-item' }], 3);
    const warm = await run(beside({ ...own, warmupEpochs: 2 }), 3);
    expect(warm[0]).toBeCloseTo(alone[0]!, 5);
    expect(warm[1]).toBeCloseTo(alone[1]!, 5);
    expect(Math.abs(warm[2]! - alone[2]!)).toBeGreaterThan(1e-3);
  });

  it('takes every option that it is given', async () => {
    const common: object[] = [{}, { clusters: 3 }, { pooling: 'last' }, { warmupEpochs: 1 }];
    const more: Record<GroupingSettings['name'], object[]> = {
      dec: [{ every: 2 }],
      intent: [{ views: 'augmented' }, { temperature: 0.5 }, { sameIntent: 'negatives' }, { viewLength: 2 }],
    };
    const changes = [...common, ...more[own.name]];
    const ends = [];
    for (const change of changes) {
      const model = modelOf();
      const objectives = beside({ ...own, ...change });
      await trainEncoder(model, split, { ...training, maxEpochs: 3, objectives, engine: 'eager' });
      ends.push(bits(model.params));
    }
    expect(new Set(ends).size).toBe(changes.length);
  }, 60_000);

  it('refuses more groups than users, numbers out of range, and what it does not go with', async () => {
    const make =
      (change: object, model: SequenceModel = modelOf()) =>
      (): unknown =>
        createObjectives(model, split, beside({ ...own, ...change }), { batchSize: 16 }, createRng(1));
    expect(make({ clusters: 60 })).not.toThrow();
    expect(make({ clusters: 61 })).toThrow('60 users with training events cannot be 61 clusters');
    expect(make({ clusters: 1 })).toThrow('clusters must be a whole number from 2');
    expect(make({ warmupEpochs: -1 })).toThrow('warmupEpochs must be a whole number from 0');
    expect(make({ pooling: 'attention' })).toThrow('needs a model that is created with attentionPooling');
    if (own.name === 'dec') {
      expect(make({ every: 0 })).toThrow('every must be a whole number from 1');
      expect(make({ tolerance: 1 })).toThrow('tolerance must be from 0 to below 1');
    }
    const train = (change: Partial<EncoderTraining>) =>
      trainEncoder(modelOf(), split, { ...training, ...change });
    const all = [{ ...own, warmupEpochs: 6 }];
    await expect(train({ objectives: beside(all[0]!) })).rejects.toThrow(
      'begins after 6 epochs, and there are 6',
    );
    await expect(train({ objectives: [{ ...own, warmupEpochs: 2 }] })).rejects.toThrow('nothing is learned');
  });
});

describe('deep clustering', () => {
  it('begins at the centroids of k-means, moves them with the encoder, and tells how many users changed', async () => {
    const model = modelOf();
    const start = userVectors(model, histories, { pooling: 'mean' });
    const heard: GroupUpdate[] = [];
    const { groups } = await trainEncoder(
      model,
      split,
      { ...training, maxEpochs: 4, objectives: [dec] },
      { onGroups: (update) => heard.push(update) },
    );
    const [first] = heard;
    // Each centroid is the mean of its users.
    for (let cluster = 0; cluster < 4; cluster++) {
      const members = [...first!.labels.keys()].filter((user) => first!.labels[user] === cluster);
      for (let d = 0; d < 8; d++) {
        const mean = members.reduce((sum, user) => sum + start.values[8 * user + d]!, 0) / members.length;
        expect(first!.centroids.values[8 * cluster + d]).toBeCloseTo(mean, 4);
      }
    }
    const moved = groups!.centroids.values.map((value, place) =>
      Math.abs(value - first!.centroids.values[place]!),
    );
    expect(Math.min(...moved)).toBeGreaterThan(0);
    expect(heard.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    for (const [index, { changedShare, labels }] of heard.entries()) {
      const before = heard[index - 1]?.labels;
      const changed = before && labels.filter((label, user) => label !== before[user]).length / 60;
      expect(changedShare).toBe(changed ?? null);
    }
  });

  it('refreshes the targets every so many epochs', async () => {
    const epochs: number[] = [];
    await trainEncoder(
      modelOf(),
      split,
      { ...training, maxEpochs: 6, objectives: beside({ ...dec, warmupEpochs: 1, every: 2 }) },
      { onGroups: ({ epoch }) => epochs.push(epoch) },
    );
    expect(epochs).toEqual([2, 4, 6]);
  });

  it('ends when fewer users change than the tolerance says, and a second call ends there again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'settled-'));
    const plan = { ...training, maxEpochs: 50, objectives: [{ ...dec, tolerance: 0.2 }] };
    const shares: (number | null)[] = [];
    const model = modelOf();
    const result = await trainEncoder(model, split, plan, {
      folder,
      onGroups: ({ changedShare }) => shares.push(changedShare),
    });
    expect(result.stoppedBy).toBe('settled');
    expect(result.history).toHaveLength(shares.length - 1);
    expect(result.bestEpoch).toBe(result.history.length);
    expect(shares.at(-1)).toBeLessThan(0.2);
    for (const share of shares.slice(1, -1)) expect(share).toBeGreaterThanOrEqual(0.2);
    const again = modelOf(9);
    const second = await trainEncoder(again, split, plan, { folder });
    expect([second.stoppedBy, second.history]).toEqual(['settled', result.history]);
    expect(bits(again.params)).toBe(bits(model.params));
  });

  it('draws the vectors together: what is left of a user beside the cluster shrinks', async () => {
    const model = modelOf();
    await trainEncoder(model, split, { ...training, maxEpochs: 10, objectives: [{ name: 'next-item' }] });
    const within = (): number => {
      const points = userVectors(model, histories, { pooling: 'mean' });
      const { inertia } = kmeans(points, { k: 4, rng: createRng(1) });
      return inertia / kmeans(points, { k: 1, rng: createRng(1) }).inertia;
    };
    const before = within();
    const { history } = await trainEncoder(model, split, { ...training, maxEpochs: 20, objectives: [dec] });
    expect(within()).toBeLessThan(before / 2);
    // And users are no longer told apart: the price.
    expect(history.at(-1)!.validation).toBeLessThan(history[0]!.validation);
  });

  it('keeps the last epoch and nothing else', async () => {
    const keep = { ...training, keep: 'best' } as const;
    await expect(trainEncoder(modelOf(), split, { ...keep, objectives: beside(dec) })).rejects.toThrow(
      "set keep to 'last'",
    );
    await expect(
      trainEncoder(modelOf(), split, { ...keep, objectives: beside(intent) }),
    ).resolves.toBeTruthy();
  });

  it('has no hand in what a user is who has no training event', async () => {
    const rows = Array.from({ length: 30 }, (_, user) =>
      Array.from(
        { length: user === 3 ? 2 : 8 },
        (_, step) => [`u${user}`, `i${(user + step) % 9}`, step] as const,
      ),
    ).flat();
    const few = leaveOneOut(toSequences(toyLog(rows)));
    const without = [...few.sequences.userIds.keys()].filter((user) => trainPart(few, user).length === 0);
    const model = createModel(few.sequences.vocabulary, {
      encoder: 'gru',
      length: 6,
      seed: 1,
      config: { width: 8 },
    });
    const { groups } = await trainEncoder(model, few, { ...training, maxEpochs: 1, objectives: [dec] });
    for (const [user, label] of groups!.labels.entries()) expect(label < 0).toBe(without.includes(user));
  });

  it('feeds the targets of the users of the batch, and rows that fill up count nothing', () => {
    const objective = deepClusters(modelOf(), split, decOptions, createRng(1));
    objective.startEpoch!(1);
    const drawn = objective.batches(1);
    const last = drawn.at(-1)!;
    expect(last.users).toHaveLength(60 - 3 * 16);
    const { targets_NC, weights_N, items_BT } = objective.inputs(last);
    const { targets } = objective.heads as { targets: tf.Variable };
    const all = targets.arraySync() as number[][];
    for (const [row, user] of last.users.entries()) {
      expect([...targets_NC!.values.slice(4 * row, 4 * row + 4)]).toEqual(all[user]);
    }
    expect(Array.from(weights_N!.values).reduce((sum, weight) => sum + weight, 0)).toBe(12);
    expect([...targets_NC!.values.slice(48)].every((value) => value === 0)).toBe(true);
    expect(items_BT!.shape).toEqual([16, 8]);
    const loss = tf.tidy(() => objective.loss(uploadBatch(objective.inputs(last)), inference).dataSync()[0]!);
    expect(loss).toBeGreaterThan(0);
  });
});

describe('intents', () => {
  it('feeds the centroid of the intent of each user of the batch', () => {
    const objective = intents(modelOf(), split, intentOptions, createRng(1));
    const heard = objective.inputs(objective.batches(1)[0]!);
    expect(Math.max(...heard['weights_N']!.values)).toBe(0);
    objective.startEpoch!(1);
    const [drawn] = objective.batches(1);
    const { centroids_ND, intents_N, items_BT, weights_N } = objective.inputs(drawn!);
    const heads = objective.heads as { centroids: tf.Variable; intents: tf.Variable };
    const [all, of] = [heads.centroids.arraySync() as number[][], heads.intents.dataSync()];
    for (const [row, user] of drawn!.users.entries()) {
      expect(intents_N!.values[row]).toBe(of[user]);
      expect([...centroids_ND!.values.slice(8 * row, 8 * row + 8)]).toEqual(all[of[user]!]);
    }
    expect(items_BT!.shape[0]).toBe(32);
    expect(Math.min(...weights_N!.values)).toBe(1);
  });

  it('groups anew before each epoch, by the weights of then', async () => {
    const heard: GroupUpdate[] = [];
    await trainEncoder(
      modelOf(),
      split,
      { ...training, maxEpochs: 3, objectives: beside(intent) },
      { onGroups: (update) => heard.push(update) },
    );
    expect(heard.map(({ epoch, changedShare }) => [epoch, changedShare])).toEqual([
      [1, null],
      [2, null],
      [3, null],
    ]);
    expect(heard[1]!.centroids.values).not.toEqual(heard[0]!.centroids.values);
  });

  it('both views are asked', () => {
    const objective = intents(modelOf(), split, intentOptions, createRng(1));
    objective.startEpoch!(1);
    const inputs = objective.inputs(objective.batches(1)[0]!);
    const lossOf = (first: number): number => {
      // Users of a single event that nobody else has: one half of the rows, then the other.
      const items = inputs['items_BT']!.values.slice() as Int32Array;
      const half = items.length / 2;
      items.fill(1, first * half, (first + 1) * half);
      return tf.tidy(
        () =>
          objective
            .loss(
              uploadBatch({ ...inputs, items_BT: { ...inputs['items_BT']!, values: items } }),
              trainingMode(1, 1),
            )
            .dataSync()[0]!,
      );
    };
    const plain = tf.tidy(() => objective.loss(uploadBatch(inputs), trainingMode(1, 1)).dataSync()[0]!);
    expect(lossOf(0)).not.toBe(plain);
    expect(lossOf(1)).not.toBe(plain);
  });
});

it('has a name in the protocol', () => {
  expect(
    describeObjectives('gru', [{ ...dec, weight: 0.1, warmupEpochs: 20, every: 3, tolerance: 0.001 }], {}),
  ).toBe(
    '0.1 x deep embedded clustering (4 clusters from epoch 21, mean pooling, targets anew every 3 epochs until fewer than 0.001 of the users change)',
  );
  expect(describeObjectives('gru', [{ ...intent, viewLength: 5 }], {})).toBe(
    'intent of two views (4 clusters, mean pooling, users of the same intent left out, halves of at most 5 events, temperature 0.2)',
  );
});

it('two objectives that group the users are refused', () => {
  expect(() => createObjectives(modelOf(), split, [dec, intent], { batchSize: 16 }, createRng(1))).toThrow(
    'dec and intent both group the users',
  );
});
