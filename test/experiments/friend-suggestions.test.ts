import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { auroc } from '../../lib/evaluation/auroc';
import { combineFriendScores } from '../../lib/experiments/social/combine-friend-scores';
import { evaluateFriends } from '../../lib/experiments/social/evaluate-friends';
import { hideLinks, type HiddenLinks, type Link } from '../../lib/experiments/social/hide-links';
import {
  adamicAdar,
  alikeItems,
  commonNeighbours,
  manyFriends,
  type FriendScorer,
} from '../../lib/recommendation/friend-scores';

/** Users of four circles who know each other more within, and like items of their circle. */
function circles(users: number, seed: number): { friends: number[][]; items: Int32Array[] } {
  const rng = createRng(seed);
  const friends = Array.from({ length: users }, (): number[] => []);
  for (let one = 0; one < users; one++)
    for (let other = one + 1; other < users; other++)
      if (rng.next() < (one % 4 === other % 4 ? 0.3 : 0.02)) {
        friends[one]!.push(other);
        friends[other]!.push(one);
      }
  const items = friends.map((_, user) =>
    Int32Array.from(
      new Set(
        Array.from(
          { length: 8 },
          () => 1 + (rng.next() < 0.6 ? 10 * (user % 4) + rng.integer(10) : rng.integer(40)),
        ),
      ),
    ),
  );
  return { friends, items };
}
const shares = { validationShare: 0.1, testShare: 0.2 };

describe('hidden links', () => {
  const { friends } = circles(80, 1);
  const hidden = hideLinks(friends, { ...shares, rng: createRng(1) });
  const all = friends.reduce((sum, own) => sum + own.length, 0) / 2;

  it('are gone in both directions, and all links are somewhere once', () => {
    expect(hidden.test.length).toBe(Math.floor(0.2 * all));
    expect(hidden.validation.length).toBe(Math.floor(0.1 * all));
    for (const [one, other] of [...hidden.test, ...hidden.validation]) {
      expect(hidden.visible[one]).not.toContain(other);
      expect(hidden.visible[other]).not.toContain(one);
    }
    const shown = hidden.visible.flatMap((own, one) =>
      [...own].flatMap((other) => (one < other ? [`${one} ${other}`] : [])),
    );
    const back = [...shown, ...[...hidden.test, ...hidden.validation].map((link) => link.join(' '))];
    expect(new Set(back).size).toBe(all);
    expect(back.length).toBe(all);
    for (const [one, own] of hidden.visible.entries())
      for (const other of own) expect(hidden.visible[other]).toContain(one);
  });

  it('are the same by seed, also where the links are told in one direction, and refuse wrong shares and friends', () => {
    expect(hideLinks(friends, { ...shares, rng: createRng(1) })).toEqual(hidden);
    const once = friends.map((own, one) => own.filter((other) => one < other));
    expect(hideLinks(once, { ...shares, rng: createRng(1) })).toEqual(hidden);
    expect(hideLinks(friends, { ...shares, rng: createRng(2) }).test).not.toEqual(hidden.test);
    expect(() => hideLinks(friends, { validationShare: 0.5, testShare: 0.5, rng: createRng(1) })).toThrow(
      'below 1',
    );
    expect(() => hideLinks([[0]], { ...shares, rng: createRng(1) })).toThrow('user 0 has the friend 0');
  });

  it('do not reach a score: other hidden links between the same users change nothing, visible ones do', () => {
    const { items } = circles(80, 1);
    const numItems = 41;
    const scoresWith = ({ visible, validation }: Pick<HiddenLinks, 'visible' | 'validation'>): number[][] => {
      const scorers = [
        manyFriends(visible),
        commonNeighbours(visible),
        adamicAdar(visible),
        alikeItems(items, numItems),
      ];
      const { scorer } = combineFriendScores(scorers, { visible, validation }, { rng: createRng(5) });
      return [...scorers, scorer].map((own) => [...own.score(3)]);
    };
    // The same world, in which the links of the test had never been: nothing of it may differ.
    const hiddenKeys = new Set(hidden.test.map((link) => link.join(' ')));
    const without = friends.map((own, one) =>
      own.filter((other) => !hiddenKeys.has([Math.min(one, other), Math.max(one, other)].join(' '))),
    );
    const validationKeys = new Set(hidden.validation.map((link) => link.join(' ')));
    const visible = without.map((own, one) =>
      Int32Array.from(
        own.filter((other) => !validationKeys.has([Math.min(one, other), Math.max(one, other)].join(' '))),
      ).sort(),
    );
    expect(scoresWith({ visible, validation: hidden.validation })).toEqual(scoresWith(hidden));
    const [one, other] = hidden.test.find((link) => link.includes(3))!;
    const leaky = hidden.visible.map((own, user) =>
      user === one ? Int32Array.of(...own, other) : user === other ? Int32Array.of(...own, one) : own,
    );
    expect(scoresWith({ visible: leaky, validation: hidden.validation })).not.toEqual(scoresWith(hidden));
  });
});

describe('friend suggestions', () => {
  it('are counted by hand', () => {
    const links: HiddenLinks = {
      visible: [[1], [0], [], []].map((own) => Int32Array.from(own)),
      validation: [[0, 3]],
      test: [[0, 2]],
    };
    // Scores of all pairs that are asked about: 0-2 (a link), 1-2, 1-3, 2-3. 0-1 is known, 0-3 passed over.
    const table = [
      [0, 9, 5, 9],
      [9, 0, 5, 7],
      [5, 5, 0, 1],
      [9, 7, 1, 0],
    ];
    const scorer: FriendScorer = { name: 'table', score: (user) => Float64Array.from(table[user]!) };
    const found = evaluateFriends(scorer, links, 'test');
    expect(found.auroc).toBe((0.5 + 0 + 1) / 3);
    expect([...found.users]).toEqual([0, 2]);
    expect([...found.hit]).toEqual([1, 1]);
    expect([...found.precision]).toEqual([0.1, 0.1]);
    expect([...found.recall]).toEqual([1, 1]);
    expect(evaluateFriends(scorer, links, 'validation').auroc).toBe(1);
    expect(() => evaluateFriends(scorer, { ...links, test: [] }, 'test')).toThrow('no test link');
    const broken: FriendScorer = { name: 'broken', score: () => Float64Array.of(1, NaN, 1, 1) };
    expect(() => evaluateFriends(broken, links, 'test')).toThrow("'broken' gave user 0 no number for 1");
  });

  it('have the area that sorting all pairs gives, and lists in order of score, then row', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
        const { friends } = circles(25, seed);
        const rng = createRng(seed).child('scores');
        const table = friends.map(() => Float64Array.from(friends, () => rng.integer(4)));
        const links = hideLinks(friends, { validationShare: 0, testShare: 0.3, rng });
        fc.pre(links.test.length > 0);
        const found = evaluateFriends({ name: 'random', score: (user) => table[user]! }, links, 'test');
        const isTest = new Set(links.test.map((link: Link) => link.join(' ')));
        const pairs = friends.flatMap((_, one) =>
          friends.flatMap((_own, other) =>
            one < other && !links.visible[one]!.includes(other) ? [[one, other] as const] : [],
          ),
        );
        const scores = pairs.map(([one, other]) => (table[one]![other]! + table[other]![one]!) / 2);
        expect(found.auroc).toBeCloseTo(
          auroc(
            scores,
            pairs.map((pair) => Number(isTest.has(pair.join(' ')))),
          ),
          12,
        );
        for (const [place, user] of found.users.entries()) {
          const order = [...friends.keys()]
            .filter((other) => other !== user && !links.visible[user]!.includes(other))
            .sort((a, b) => table[user]![b]! - table[user]![a]! || a - b);
          const right = order
            .slice(0, 10)
            .filter((other) => isTest.has([Math.min(user, other), Math.max(user, other)].join(' ')));
          expect(found.precision[place]).toBe(right.length / 10);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('by friends and by items find what was planted, and together find more', () => {
    const { friends, items } = circles(200, 7);
    const links = hideLinks(friends, { ...shares, rng: createRng(7) });
    const through = adamicAdar(links.visible);
    const alike = alikeItems(items, 41);
    const { scorer, weights } = combineFriendScores([through, alike], links, { rng: createRng(7) });
    const area = (of: FriendScorer): number => evaluateFriends(of, links, 'test').auroc;
    const rng = createRng(8);
    const random: FriendScorer = {
      name: 'random',
      score: () => Float64Array.from(friends, () => rng.next()),
    };
    expect(Math.abs(area(random) - 0.5)).toBeLessThan(0.03);
    expect(area(through)).toBeGreaterThan(0.7);
    expect(area(alike)).toBeGreaterThan(0.6);
    expect(area(scorer)).toBeGreaterThanOrEqual(Math.max(area(through), area(alike)));
    expect(Math.min(...weights)).toBeGreaterThan(0);
    expect(scorer.name).toBe('Adamic-Adar + alike in items');
    const negative: FriendScorer = { name: 'below', score: () => new Float64Array(200).fill(-1) };
    expect(() => combineFriendScores([negative], links, { rng })).toThrow("'below' gave the score -1");
    expect(() => combineFriendScores([], links, { rng })).toThrow('0 scores');
  });
});
