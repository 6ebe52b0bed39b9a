import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { checkFriends, drawFriendLinks } from '../../../lib/data/shop/friends';
import { createInfluence } from '../../../lib/data/shop/influence';
import { generateShopLog } from '../../../lib/data/shop/log';
import { isBinomial, plainShop } from './plain-shop';

const grouped = (sizes: readonly number[]): Map<string, string> =>
  new Map(
    sizes.flatMap((size, g) => Array.from({ length: size }, (_, n) => [`u${g}${n}`, `g${g}`] as const)),
  );

describe('drawFriendLinks', () => {
  it('links pairs within and between groups as often as it is told', () => {
    const groupOf = grouped([150, 90, 60]);
    const links = drawFriendLinks(groupOf, { withinRate: 0.1, betweenRate: 0.02 }, createRng(1));
    const within = links.filter(({ userId, friendId }) => groupOf.get(userId) === groupOf.get(friendId));
    const pairsWithin = (150 * 149 + 90 * 89 + 60 * 59) / 2;
    expect(isBinomial(within.length, pairsWithin, 0.1)).toBe(true);
    expect(isBinomial(links.length - within.length, (300 * 299) / 2 - pairsWithin, 0.02)).toBe(true);
  });

  it('treats every pair alike', () => {
    const groupOf = grouped([4, 3]);
    const rng = createRng(2);
    const counts = new Map<string, number>();
    for (let round = 0; round < 4000; round++) {
      for (const { userId, friendId } of drawFriendLinks(
        groupOf,
        { withinRate: 0.3, betweenRate: 0.3 },
        rng,
      )) {
        const pair = `${userId} ${friendId}`;
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
    }
    expect(counts.size).toBe(21);
    for (const count of counts.values()) expect(isBinomial(count, 4000, 0.3)).toBe(true);
  });

  it('names each pair once, in order, and nobody as a friend of themselves', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 4 });
    const rate = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(sizes, rate, rate, fc.integer(), (some, withinRate, betweenRate, seed) => {
        const groupOf = grouped(some);
        const links = drawFriendLinks(groupOf, { withinRate, betweenRate }, createRng(seed));
        const keys = links.map(({ userId, friendId }) => `${userId} ${friendId}`);
        expect(keys).toEqual([...new Set(keys)].sort());
        for (const { userId, friendId } of links) {
          expect(userId < friendId && groupOf.has(userId) && groupOf.has(friendId)).toBe(true);
        }
      }),
      { seed: 3 },
    );
  });

  it('links all for 1 and none for 0', () => {
    const groupOf = grouped([5, 4]);
    const count = (withinRate: number, betweenRate: number): number =>
      drawFriendLinks(groupOf, { withinRate, betweenRate }, createRng(1)).length;
    expect([count(1, 1), count(1, 0), count(0, 1), count(0, 0)]).toEqual([36, 16, 20, 0]);
  });
});

describe('createInfluence', () => {
  const influence = createInfluence([{ userId: 'a', friendId: 'b' }]);

  it('suggests what a friend took before, both ways, and nothing else', () => {
    influence.took('a', 'pan', 10);
    expect(influence.suggest('b', 11, createRng(1))).toEqual({ itemId: 'pan', friendId: 'a' });
    expect(influence.suggest('b', 10, createRng(1))).toBeNull();
    expect(influence.suggest('a', 11, createRng(1))).toBeNull();
    expect(influence.suggest('stranger', 11, createRng(1))).toBeNull();
  });

  it('forgets what was taken before the last ten', () => {
    for (let n = 0; n < 10; n++) influence.took('a', `lamp${n}`, 20 + n);
    const rng = createRng(2);
    const seen = new Set(Array.from({ length: 300 }, () => influence.suggest('b', 99, rng)!.itemId));
    expect([...seen].sort()).toEqual(Array.from({ length: 10 }, (_, n) => `lamp${n}`));
  });
});

describe('a shop where friends listen to each other', () => {
  const friends = { withinRate: 0.15, betweenRate: 0.02, influenceRate: 0.3 };
  const options = { ...plainShop, users: 150, days: 56 };
  const { log, links, truth } = generateShopLog({ ...options, friends }, createRng(14));
  const linked = new Set(links.flatMap(({ userId: a, friendId: b }) => [`${a} ${b}`, `${b} ${a}`]));

  it('has a cause for every suggestion: a friend who took that item before', () => {
    const influenced = truth.exposures.filter(({ friendId }) => friendId !== null);
    expect(influenced.length).toBeGreaterThan(1000);
    for (const { userId, friendId, itemId, event } of influenced) {
      expect(linked.has(`${userId} ${friendId!}`)).toBe(true);
      const { timeMs } = log.events[event]!;
      const cause = log.events.find(
        (other) =>
          other.userId === friendId &&
          other.itemId === itemId &&
          (other.behavior === 'favorite' || other.behavior === 'purchase'),
      );
      expect(cause!.timeMs!).toBeLessThan(timeMs!);
    }
  });

  it('shows a suggestion as often as it is told, once friends have taken something', () => {
    const secondHalf = truth.exposures.filter(({ event, userId }) => {
      const friendsOf = links.some((link) => link.userId === userId || link.friendId === userId);
      return friendsOf && event > log.events.length / 2;
    });
    const influenced = secondHalf.filter(({ friendId }) => friendId !== null).length;
    expect(isBinomial(influenced, secondHalf.length, 0.3)).toBe(true);
  });

  it('is the same log as without friends when nobody listens', () => {
    const deaf = generateShopLog({ ...options, friends: { ...friends, influenceRate: 0 } }, createRng(14));
    expect(deaf.links).toEqual(links);
    expect(deaf.log).toEqual(generateShopLog(options, createRng(14)).log);
  });

  it('refuses rates that are none', () => {
    expect(() => checkFriends({ ...friends, withinRate: -0.1 })).toThrow(/withinRate must be from 0 to 1/);
    expect(() => checkFriends({ ...friends, influenceRate: NaN })).toThrow(/influenceRate .* got NaN/);
  });
});
