import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { evaluateRanking } from '../../lib/experiments/evaluate-ranking';
import { fewUsersCurve, type FewUsersPlace, type FewUsersRival } from '../../lib/experiments/few-users';
import { trainedRival } from '../../lib/experiments/rival';
import { createModel } from '../../lib/experiments/sequence-model';
import { trainingDefaults } from '../../lib/experiments/train-encoder';
import { startBackend } from '../../lib/nn/backend';
import { leaveOneOut } from '../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../lib/preprocessing/sequences';
import { rowsOf } from '../../lib/preprocessing/splits/split';
import type { SplitSequences } from '../../lib/preprocessing/splits/split-sequences';
import { markov } from '../../lib/recommendation/markov';
import { countItems, popularity } from '../../lib/recommendation/popularity';
import { toyLog } from '../preprocessing/toy-log';

beforeAll(async () => {
  await startBackend();
});

/** Forty users who go round a circle of 12 items, from any place. */
const rng = createRng(4);
const sequences = toSequences(
  toyLog(
    Array.from({ length: 40 }, (_, user) => {
      const first = rng.integer(12);
      return Array.from({ length: 8 }, (_, step) => [`u${user}`, `i${(first + step) % 12}`, step] as const);
    }).flat(),
  ),
);
const split = leaveOneOut(sequences);
const countEvents = (known: SplitSequences) => rowsOf(known, 'training').length;

/** Learns by counting, and writes down what it was shown. */
function chain(seen: { users: Set<number>; validation: number }[] = []): FewUsersRival {
  return {
    name: 'Markov',
    learn: (known) => {
      const users = new Set(
        Array.from(sequences.userIds.keys()).filter(
          (user) => known.trainEnds[user]! > known.trainStarts[user]!,
        ),
      );
      seen.push({ users, validation: rowsOf(known, 'validation').length });
      return { scorer: markov(sequences, rowsOf(known, 'training')), epoch: null };
    },
  };
}

describe('the curve over few users', () => {
  it('shows a rival the users of the share alone, a larger share with the smaller in it, and asks everybody', async () => {
    const seen: { users: Set<number>; validation: number }[] = [];
    const points = await fewUsersCurve(split, [chain(seen)], { shares: [0.025, 0.5, 1], seeds: [1, 2] });
    expect(seen.map(({ users, validation }) => [users.size, validation])).toEqual([
      [1, 1],
      [20, 20],
      [40, 40],
      [1, 1],
      [20, 20],
      [40, 40],
    ]);
    for (const user of seen[0]!.users) expect(seen[1]!.users.has(user)).toBe(true);
    expect([...seen[4]!.users].sort()).not.toEqual([...seen[1]!.users].sort());
    expect(points.map(({ share, seed, users }) => [share, seed, users])).toEqual([
      [0.025, 1, 1],
      [0.5, 1, 20],
      [1, 1, 40],
      [0.025, 2, 1],
      [0.5, 2, 20],
      [1, 2, 40],
    ]);
    const whole = evaluateRanking(markov(sequences, rowsOf(split, 'training')), split, 'test');
    expect(points[2]!.ranks).toEqual(Array.from(whole.ranks));
    // One user has gone five steps of the circle's twelve.
    const hits = points.map(({ ranks }) => ranks.filter((rank) => rank === 1).length);
    expect(hits[2]).toBe(40);
    expect(hits[0]).toBeLessThan(40);
  });

  it('trains models on the known users alone, with the seed of the place, and frees them', async () => {
    const places: unknown[] = [];
    const rival = trainedRival<FewUsersPlace>(
      'GRU',
      (place) => {
        places.push(place);
        return createModel(sequences.vocabulary, {
          encoder: 'gru',
          length: 6,
          seed: place.seed,
          config: { width: 8 },
        });
      },
      ({ share }) => ({ ...trainingDefaults, maxEpochs: share === 1 ? 25 : 2, batchSize: 8 }),
    );
    const settings = { shares: [0.5, 1], seeds: [3] };
    const before = tf.memory().numTensors;
    const [few, all] = await fewUsersCurve(split, [rival], settings);
    expect(tf.memory().numTensors).toBe(before);
    expect(places).toEqual([
      { share: 0.5, seed: 3 },
      { share: 1, seed: 3 },
    ]);
    expect(few!.epoch).toBeLessThanOrEqual(2);
    const first = (ranks: readonly number[]) => ranks.filter((rank) => rank <= 2).length;
    expect(first(all!.ranks)).toBeGreaterThan(30);
    expect((await fewUsersCurve(split, [rival], settings))[1]).toEqual(all);
    // The same weights and users: only what the training draws is of the place.
    const drawn = trainedRival(
      'GRU',
      () => createModel(sequences.vocabulary, { encoder: 'gru', length: 6, seed: 1, config: { width: 8 } }),
      () => ({ ...trainingDefaults, maxEpochs: 2, batchSize: 8 }),
    );
    const [one, other] = await fewUsersCurve(split, [drawn], { shares: [1], seeds: [3, 4] });
    expect(one!.ranks).not.toEqual(other!.ranks);
  }, 60_000);

  it('does not learn anew what is known already, and keeps nothing that was stopped half-way', async () => {
    const settings = { shares: [0.5, 1], seeds: [1] };
    const done = await fewUsersCurve(split, [chain()], settings);
    const seen: { users: Set<number>; validation: number }[] = [];
    const told: number[] = [];
    const again = await fewUsersCurve(split, [chain(seen)], settings, {
      known: [done[1]!],
      onPoint: ({ share }) => told.push(share),
    });
    expect(again).toEqual(done);
    expect([seen.length, told]).toEqual([1, [0.5]]);

    const stop = new AbortController();
    const stopped: FewUsersRival = {
      name: 'stopped',
      learn: (known) => {
        stop.abort();
        return { scorer: popularity(countItems(known)), epoch: countEvents(known) };
      },
    };
    const { signal } = stop;
    expect(await fewUsersCurve(split, [stopped, chain()], settings, { signal })).toEqual([]);
  });

  it('refuses shares and names that cannot be', async () => {
    const of = (shares: number[], rivals = [chain()]) => fewUsersCurve(split, rivals, { shares, seeds: [1] });
    await expect(of([0])).rejects.toThrow('share must be above 0 and at most 1, got 0');
    await expect(of([1.5])).rejects.toThrow('share must be above 0 and at most 1, got 1.5');
    await expect(of([0.001])).rejects.toThrow('a share of 0.001 of 40 users is nobody');
    await expect(of([1], [chain(), chain()])).rejects.toThrow('two rivals have one name');
  });
});
