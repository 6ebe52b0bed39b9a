import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { evaluateRanking } from '../../../lib/experiments/evaluate-ranking';
import {
  crossValidate,
  type FoldPlace,
  type FoldResult,
} from '../../../lib/experiments/generalisation/cross-validate';
import { trainedRival } from '../../../lib/experiments/rival';
import { createModel } from '../../../lib/experiments/sequence-model';
import { trainingDefaults } from '../../../lib/experiments/train-encoder';
import { startBackend } from '../../../lib/nn/backend';
import { kFoldByUser } from '../../../lib/preprocessing/splits/k-fold';
import { rollingTime } from '../../../lib/preprocessing/splits/rolling-time';
import { rowsOf } from '../../../lib/preprocessing/splits/split';
import { withSequences } from '../../../lib/preprocessing/splits/split-sequences';
import { chain, cheat, circle, noise, popular, source } from './shared-log';

beforeAll(async () => {
  await startBackend();
});

const sequences = circle(40, 30, 8);
const byUser = kFoldByUser(sequences, { folds: 4, foldInShare: 0.5, rng: createRng(1) }).map((fold) =>
  withSequences(fold, sequences),
);
const byTime = rollingTime(sequences, { folds: 2, testMs: 150 }).map((fold) =>
  withSequences(fold, sequences),
);
const settings = { seed: 3, source, cut: 'none' };

describe('cross-validation', () => {
  it('tests every user once over folds of users, and gives each fold its metrics with protocol', async () => {
    const results = await crossValidate(byUser, [chain, popular], settings);
    expect(results.map(({ name, fold }) => `${name} ${fold}`)).toEqual(
      [0, 1, 2, 3].flatMap((fold) => [`Markov ${fold}`, `popularity ${fold}`]),
    );
    const tested = results.filter(({ name }) => name === 'Markov').flatMap(({ users }) => users);
    expect([...tested].sort((a, b) => a - b)).toEqual([...sequences.userIds.keys()]);
    for (const { learnedFrom, users, ranks, metrics, seed } of results) {
      expect([learnedFrom, users.length, ranks.length, seed]).toEqual([30, 10, 10, 3]);
      expect(metrics.map(({ metric, users: count }) => [metric, count])).toEqual([
        ['HR@10', 10],
        ['NDCG@10', 10],
        ['MRR', 10],
      ]);
      expect(metrics[0]!.protocol.split).toMatch(/^k-fold, 240 events in training, 40 given/);
    }
    // Whoever goes round a circle is foretold by the chain once enough others were seen at that place.
    expect(results[0]!.metrics[0]!.value).toBeGreaterThan(results[1]!.metrics[0]!.value);
  });

  it('learns at each moment from what was before it alone', async () => {
    const learned: number[] = [];
    const counting = {
      ...chain,
      learn: (known: Parameters<typeof chain.learn>[0], place: unknown) => {
        learned.push(known.sequences.items.length);
        return chain.learn(known, place);
      },
    };
    const results = await crossValidate(byTime, [counting], settings);
    expect(learned).toEqual(byTime.map((fold) => rowsOf(fold, 'training').length));
    expect(learned[1]).toBeGreaterThan(learned[0]!);
    expect(results.map(({ metrics }) => metrics[0]!.protocol.split.startsWith('rolling-time'))).toEqual([
      true,
      true,
    ]);
  });

  it('asks as evaluateRanking does', async () => {
    const [result] = await crossValidate(byUser, [chain], { ...settings, events: 'first' });
    const { scorer } = await chain.learn(byUser[0]!, null);
    const { ranks } = evaluateRanking(scorer, byUser[0]!, 'test', { events: 'first' });
    expect(result!.ranks).toEqual([...ranks]);
  });

  it('shows nobody the answers: who looks for them finds nothing', async () => {
    const asked = { ...settings, events: 'first' } as const;
    const { scorer } = await cheat.learn(byUser[0]!, null);
    expect(evaluateRanking(scorer, byUser[0]!, 'test', { events: 'first' }).ndcg10).toBe(1); // the leak works where it is let
    const [result] = await crossValidate(byUser, [cheat], asked);
    expect(result!.metrics[1]!.value).toBeLessThan(0.5);
  });

  it('goes on where it was interrupted', async () => {
    const whole = await crossValidate(byUser, [chain, popular], settings);
    const stop = new AbortController();
    const some: FoldResult[] = [];
    const onResult = (result: FoldResult) => {
      some.push(result);
      if (some.length === 3) stop.abort();
    };
    const first = await crossValidate(byUser, [chain, popular], settings, { onResult, signal: stop.signal });
    expect(first).toEqual(whole.slice(0, 3));
    const learned: string[] = [];
    const watched = [chain, popular].map((rival) => ({
      ...rival,
      learn: (known: Parameters<typeof rival.learn>[0], place: FoldPlace) => {
        learned.push(`${rival.name} ${place.fold}`);
        return rival.learn(known, place);
      },
    }));
    expect(await crossValidate(byUser, watched, settings, { known: first })).toEqual(whole);
    expect(learned).toEqual(['popularity 1', 'Markov 2', 'popularity 2', 'Markov 3', 'popularity 3']);
  });

  it('refuses results of another protocol, two rivals of one name, and no folds', async () => {
    const known = await crossValidate(byUser, [chain], settings);
    await expect(crossValidate(byTime, [chain], settings, { known })).rejects.toThrow('another protocol');
    await expect(crossValidate(byUser, [chain, chain], settings)).rejects.toThrow('one name');
    await expect(crossValidate([], [chain], settings)).rejects.toThrow('no folds');
  });

  it('refuses a fold that leaks', async () => {
    const leaking = { ...byUser[0]!, trainEnds: byUser[0]!.testEnds };
    await expect(crossValidate([leaking], [chain], settings)).rejects.toThrow();
  });

  it('trains a model on each fold with its seed, says what it was trained on, and frees it', async () => {
    const rival = trainedRival<FoldPlace>(
      'GRU',
      ({ seed }) =>
        createModel(sequences.vocabulary, { encoder: 'gru', length: 6, seed, config: { width: 8 } }),
      () => ({ ...trainingDefaults, maxEpochs: 1, batchSize: 16, keep: 'last' as const }),
    );
    const folds = kFoldByUser(sequences, {
      folds: 4,
      withValidation: true,
      foldInShare: 0.5,
      rng: createRng(1),
    }).map((fold) => withSequences(fold, sequences));
    const before = tf.memory().numTensors;
    const [result] = await crossValidate(folds.slice(0, 1), [rival], settings);
    expect(tf.memory().numTensors).toBe(before);
    expect(result!.epoch).toBe(1);
    expect(result!.metrics[0]!.protocol).toMatchObject({
      loss: 'cross-entropy over all items, every position',
      seed: 3,
    });
  });

  it('finds chance where there is nothing to learn', async () => {
    const many = Array.from({ length: 10 }, (_, own) => noise(`noise ${own}`, createRng(own)));
    const results = await crossValidate(byUser, many, settings);
    const hits = results.flatMap(({ ranks }) => ranks.map((rank) => Number(rank <= 10)));
    // 30 items, 7 seen: 10 of 23; 400 answers, 4 standard errors of .025.
    expect(hits.reduce((sum, hit) => sum + hit, 0) / hits.length).toBeCloseTo(10 / 23, 1);
  });
});
