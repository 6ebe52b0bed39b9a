import type * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import type { Fusion } from '../../lib/encoders/social-fusion';
import { evaluateLists, meanOf } from '../../lib/experiments/social/evaluate-lists';
import { popularAmongFriends, popularToAll } from '../../lib/experiments/social/social-baselines';
import { loadLastFm, shopWithFriends } from '../../lib/experiments/social/load-social';
import { drawFriendItems, socialData, type SocialData } from '../../lib/experiments/social/social-data';
import { createSocialModel, socialScores, trainSocial } from '../../lib/experiments/social/train-social';
import { trainingDefaults } from '../../lib/experiments/train-encoder';
import { startBackend } from '../../lib/nn/backend';
import { sharedData } from '../data/shared-data';
import { toyLog } from '../preprocessing/toy-log';

beforeAll(async () => {
  await startBackend();
});

/** Six circles of ten friends; each circle has twenty items of its own, each user uses ten of them. */
function circles(): SocialData {
  const rng = createRng(5);
  const rows: [string, string, null][] = [];
  const friendsOf = new Map<string, string[]>();
  for (let user = 0; user < 60; user++) {
    const circle = user % 6;
    const items = rng.shuffle(Int32Array.from({ length: 20 }, (_, at) => 100 * circle + at)).subarray(0, 10);
    for (const item of items) rows.push([`u${user}`, `i${item}`, null]);
    friendsOf.set(
      `u${user}`,
      Array.from({ length: 10 }, (_, at) => `u${circle + 6 * at}`).filter((other) => other !== `u${user}`),
    );
  }
  const shares = { validationShare: 0.1, testShare: 0.2, rng: createRng(1) };
  return socialData(toyLog(rows), { friendsOf }, shares);
}

const data = circles();
const recall = (score: (users: Int32Array) => tf.Tensor2D): number =>
  meanOf(evaluateLists(score, data, 'test').recall);

async function trained(fusion: Fusion, seed = 1) {
  const model = createSocialModel(data, {
    config: { width: 16, fusion, numLayers: 1, activation: 'relu', dropoutRate: 0.1 },
    draw: { numFriends: 6, itemsAFriend: 5 },
    seed,
  });
  const before = recall((users) => socialScores(model, data, users));
  const result = await trainSocial(model, data, {
    maxEpochs: 60,
    patience: 60,
    batchSize: 16,
    optimiser: { ...trainingDefaults.optimiser, learningRate: 0.02 },
    clipNorm: 5,
    seed: 1,
  });
  return { model, before, result };
}

describe('data of friends', () => {
  it('are numbers: items that few use are left out, and who then uses nothing is a stranger', () => {
    const rows = [
      ['a', 'x'],
      ['b', 'x'],
      ['a', 'y'],
      ['c', 'z'],
      ['a', 'x'],
    ] as const;
    const log = toyLog(rows.map(([user, item]) => [user, item, null] as const));
    const friendsOf = new Map([
      ['a', ['b', 'c']],
      ['b', ['a']],
      ['d', ['a']],
    ]);
    const none = { validationShare: 0, testShare: 0, rng: createRng(1) };
    const all = socialData(log, { friendsOf }, none);
    expect(all.userIds).toEqual(['a', 'b', 'c']);
    expect(all.friends.map((own) => [...own])).toEqual([[1, 2], [0], []]);
    expect(all.training.map((own) => own.length)).toEqual([2, 1, 1]);
    expect(all.strangers).toBe(1);
    const shared = socialData(log, { friendsOf }, { ...none, minUsers: 2 });
    expect(shared.userIds).toEqual(['a', 'b']);
    expect(shared.vocabulary.itemIds.slice(1)).toEqual(['x']);
    expect(shared.strangers).toBe(2);
    expect(() => socialData(log, { friendsOf }, { ...none, minUsers: 3 })).toThrow('no item has 3 users');
  });

  it('draw other training items of friends only', () => {
    const users = Int32Array.of(0, 7);
    const drawn = drawFriendItems(data, users, { numFriends: 4, itemsAFriend: 3 }, createRng(1));
    expect(drawn).toHaveLength(2 * 4 * 3);
    for (const [row, user] of users.entries()) {
      const rows = Array.from({ length: 4 }, (_, at) => [
        ...drawn.subarray((row * 4 + at) * 3, (row * 4 + at + 1) * 3),
      ]);
      for (const items of rows) {
        const owner = [...data.friends[user]!].filter((friend) =>
          items.every((item) => data.training[friend]!.includes(item)),
        );
        expect(owner).not.toEqual([]);
        expect(new Set(items).size).toBe(3);
      }
    }
    expect(() => drawFriendItems(data, users, { numFriends: 0, itemsAFriend: 3 }, createRng(1))).toThrow(
      RangeError,
    );
  });
});

describe('baselines of friends', () => {
  it('count training items, of all or of friends first', () => {
    const small: SocialData = {
      userIds: ['a', 'b', 'c'],
      vocabulary: socialData(
        toyLog([
          ['a', 'x', null],
          ['a', 'y', null],
          ['a', 'z', null],
        ]),
        { friendsOf: new Map() },
        { validationShare: 0, testShare: 0, rng: createRng(1) },
      ).vocabulary,
      friends: [Int32Array.of(1), new Int32Array(0), new Int32Array(0)],
      strangers: 0,
      training: [Int32Array.of(1), Int32Array.of(3), Int32Array.of(2, 1)],
      validation: [],
      test: [],
    };
    const users = Int32Array.of(0, 1);
    expect(popularToAll(small)(users).arraySync()).toEqual([
      [0, 2, 1, 1],
      [0, 2, 1, 1],
    ]);
    const [first, second] = popularAmongFriends(small)(users).arraySync();
    [0, 2 / 3, 1 / 3, 1 + 1 / 3].forEach((score, item) => expect(first![item]).toBeCloseTo(score, 6));
    [0, 2 / 3, 1 / 3, 1 / 3].forEach((score, item) => expect(second![item]).toBeCloseTo(score, 6));
  });
});

describe('training with friends', () => {
  it(
    'finds planted circles: who has shown nothing is known by friends alone',
    { timeout: 120_000 },
    async () => {
      const social = await trained('attention');
      const alone = await trained('behavior');
      const chance = 10 / (120 - 8);
      expect(social.before).toBeLessThan(2.5 * chance);
      expect(recall(popularToAll(data))).toBeLessThan(3 * chance);
      // Ten of the 12 or so items of the circle that are not known already.
      expect(recall((users) => socialScores(social.model, data, users))).toBeGreaterThan(0.6);
      expect(recall((users) => socialScores(alone.model, data, users))).toBeGreaterThan(0.6);
      const cold = ({ model }: typeof social): number =>
        recall((users) => socialScores(model, data, users, { known: 0 }));
      expect(cold(social)).toBeGreaterThan(0.6);
      expect(cold(alone)).toBeLessThan(0.3);
    },
  );

  it('gives the same weights for the same seed', { timeout: 60_000 }, async () => {
    const scores = async (): Promise<number[]> => {
      const model = createSocialModel(data, {
        config: { width: 8, fusion: 'gated', numLayers: 1, activation: 'sigmoid', dropoutRate: 0.2 },
        draw: { numFriends: 3, itemsAFriend: 3 },
        seed: 2,
      });
      const training = {
        maxEpochs: 2,
        patience: 2,
        batchSize: 16,
        optimiser: trainingDefaults.optimiser,
        clipNorm: 5,
        seed: 1,
      };
      await trainSocial(model, data, training);
      return Array.from(socialScores(model, data, Int32Array.of(0, 1)).dataSync());
    };
    expect(await scores()).toEqual(await scores());
  });
});

describe('logs with friends', () => {
  it('are made up where there is none: everybody who is a friend has one', () => {
    const { log, friends } = shopWithFriends(60, 3);
    expect(log.events.length).toBeGreaterThan(500);
    let links = 0;
    for (const [user, own] of friends.friendsOf) {
      links += own.length;
      for (const other of own) expect(friends.friendsOf.get(other)).toContain(user);
    }
    expect(links).toBe(friends.links);
    expect(links).toBeGreaterThan(60);
  });

  it.skipIf(sharedData('lastfm-social/user_artist.dat.gz') === null)(
    'are read from HetRec Last.fm',
    async () => {
      const { log, friends } = (await loadLastFm())!;
      expect(log.events).toHaveLength(92834);
      expect(friends.links).toBe(25434);
      const none = { validationShare: 0, testShare: 0, rng: createRng(1) };
      const shared = socialData(log, friends, { ...none, minUsers: 5 });
      expect([shared.userIds.length, shared.vocabulary.itemIds.length - 1, shared.strangers]).toEqual([
        1881, 2828, 168,
      ]);
    },
  );
});
