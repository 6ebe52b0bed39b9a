import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { fullShopOptions } from '../../../lib/data/shop/full';
import { generateShopLog } from '../../../lib/data/shop/log';
import { closedLoop, type LoopPolicy, type LoopWorld } from '../../../lib/experiments/live/closed-loop';
import { shopWorld } from '../../../lib/experiments/live/shop-world';
import { startBackend } from '../../../lib/nn/backend';
import { toSequences } from '../../../lib/preprocessing/sequences';
import { popularity } from '../../../lib/recommendation/popularity';

beforeAll(async () => {
  await startBackend();
});

/** Two users; user 0 clicks items up to 3 for sure, user 1 the others. */
const world: LoopWorld = {
  histories: [Int32Array.of(1), new Int32Array(0)],
  clickProbability: (user, item) => Number(user === 0 ? item <= 3 : item > 3),
};
const fixed = (name: string, order: readonly number[]): LoopPolicy => ({
  name,
  learn: () => popularity(Float32Array.from([0, ...order])),
});
const options = { rounds: 2, listLength: 2, rng: createRng(1) };

describe('a closed loop', () => {
  it('counts by hand what is shown and clicked, and does not show again what was clicked', async () => {
    // The best items are 1, 2, 3, ...; item 1 is known of user 0.
    const rounds = await closedLoop([fixed('fixed', [6, 5, 4, 3, 2, 1])], world, options);
    // Round 1: user 0 is shown 2 and 3 (both clicked), user 1 is shown 1 and 2 (none).
    // Round 2: user 0 is shown 4 and 5 (none), user 1 the same as before.
    expect(rounds.map(({ clickRate }) => clickRate)).toEqual([0.5, 0]);
    expect(rounds.map(({ expectedRate }) => expectedRate)).toEqual([0.5, 0]);
    expect(rounds.map(({ coverage }) => coverage)).toEqual([3 / 6, 4 / 6]);
    // Item 2 twice, 1 and 3 once, three never: sum of (2i - n - 1) x / (n sum x) over ascending x.
    expect(rounds[0]!.gini).toBeCloseTo((1 * 1 + 3 * 1 + 5 * 2) / (6 * 4), 12);
  });

  it('hands each policy the log of its own clicks, and how often an item was shown', async () => {
    const told: string[] = [];
    const views: number[] = [];
    const listener = (name: string, order: readonly number[]): LoopPolicy => ({
      name,
      learn: (histories, round) => {
        told.push(`${name} ${round}: ${histories.map((own) => own.join(' ')).join(' | ')}`);
        return popularity(Float32Array.from([0, ...order]));
      },
    });
    const counting: LoopWorld = {
      ...world,
      clickProbability: (user, item, at) => {
        if (user === 1 && item === 1) views.push(at.earlierViews);
        return world.clickProbability(user, item, at);
      },
    };
    await closedLoop(
      [listener('down', [6, 5, 4, 3, 2, 1]), listener('up', [1, 2, 3, 4, 5, 6])],
      counting,
      options,
    );
    expect(told).toEqual(['down 0: 1 | ', 'down 1: 1 2 3 | ', 'up 0: 1 | ', 'up 1: 1 | 6 5']);
    expect(views).toEqual([0, 1]);
  });

  it('draws the same luck for every policy and another for another seed', async () => {
    const even: LoopWorld = { histories: world.histories, clickProbability: () => 0.5 };
    const run = async (seed: number, repeats = true): Promise<number[]> =>
      (
        await closedLoop([fixed('a', [6, 5, 4, 3, 2, 1]), fixed('b', [1, 2, 3, 4, 5, 6])], even, {
          ...{ rounds: 20, listLength: 2, rng: createRng(seed), repeats },
        })
      ).map(({ clickRate }) => clickRate);
    const rates = await run(1);
    expect(rates.slice(0, 20)).toEqual(rates.slice(20));
    expect(await run(1)).toEqual(rates);
    expect(await run(2)).not.toEqual(rates);
  });

  it('refuses what makes no loop', async () => {
    const policy = fixed('a', [1, 2]);
    await expect(closedLoop([], world, options)).rejects.toThrow('0 policies');
    await expect(closedLoop([policy], world, { ...options, rounds: 0 })).rejects.toThrow('0 rounds');
    await expect(closedLoop([policy, policy], world, options)).rejects.toThrow('one name');
    const wrong: LoopWorld = { ...world, clickProbability: () => 1.5 };
    await expect(closedLoop([policy], wrong, options)).rejects.toThrow('probability 1.5');
  });
});

describe('a made-up shop that answers', () => {
  it('clicks what its customers like: the dearest category of a user beats one never looked for', () => {
    const shop = generateShopLog({ ...fullShopOptions(60), days: 30 }, createRng(1));
    const customers = {
      ...shop.log,
      events: shop.log.events.filter(({ userId }) => shop.truth.groupOf.has(userId)),
    };
    const sequences = toSequences(customers);
    const shopping = shopWorld(shop, sequences);
    expect(shopping.histories).toHaveLength(sequences.userIds.length);
    const at = { place: 1, round: 0, earlierViews: 0 };
    let better = 0;
    for (const [user, userId] of shopping.userIds.entries()) {
      const group = shop.truth.options.groups.find(({ name }) => {
        const move = shop.truth.drift.get(userId);
        return name === (move ? move.to : shop.truth.groupOf.get(userId));
      })!;
      const rate = (isLiked: boolean): number => {
        const own = sequences.vocabulary.itemIds.flatMap((id, item) => {
          const weight = group.categories[shop.log.items.get(id)?.categories[0] ?? ''] ?? 0;
          return item > 0 &&
            (isLiked ? weight === Math.max(...Object.values(group.categories)) : weight === 0)
            ? [shopping.clickProbability(user, item, at)]
            : [];
        });
        return own.reduce((sum, probability) => sum + probability, 0) / own.length;
      };
      better += Number(rate(true) > rate(false));
    }
    expect(better).toBe(shopping.userIds.length);
    // The first place is looked at for sure, the last with probability .5.
    const last = shopping.clickProbability(0, 1, { ...at, place: 50 });
    expect(last).toBeCloseTo(0.5 * shopping.clickProbability(0, 1, at), 12);
  });

  it('refuses a user who is no customer', () => {
    const shop = generateShopLog({ users: 40, days: 10 }, createRng(1));
    const sequences = toSequences(shop.log);
    expect(() =>
      shopWorld(shop, { ...sequences, userIds: ['nobody', ...sequences.userIds.slice(1)] }),
    ).toThrow("'nobody' is no customer");
  });
});
