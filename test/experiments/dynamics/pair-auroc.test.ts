import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { pairAuroc } from '../../../lib/experiments/dynamics/pair-auroc';

const near = (a: number, b: number): number => -Math.abs(a - b);

describe('similarity of pairs against groups', () => {
  it('is the share of pairs of pairs in the right order, counted one by one', () => {
    const users = [0, 1, 3, 5, 2, 7, 4, 9, 8, 6, 3, 12];
    const groups = users.map((value) => (value < 5 ? 'low' : 'high'));
    const pairs = users.flatMap((a, one) =>
      users.slice(0, one).map((b, other) => ({ score: near(a, b), same: groups[one] === groups[other] })),
    );
    let [won, all] = [0, 0];
    for (const same of pairs.filter((pair) => pair.same)) {
      for (const other of pairs.filter((pair) => !pair.same)) {
        won += same.score > other.score ? 1 : same.score === other.score ? 0.5 : 0;
        all += 1;
      }
    }
    const found = pairAuroc(users, near, groups, { rng: createRng(3), resamples: 100 });
    expect(found.value).toBeCloseTo(won / all, 12);
    expect(found.low).toBeLessThan(found.value);
    expect(found.high).toBeGreaterThan(found.value);
  });

  it('is .5 within its interval for groups that mean nothing, and leaves out pairs without a value', () => {
    const rng = createRng(4);
    const users = Array.from({ length: 40 }, () => rng.normal());
    const groups = users.map((_, user) => `g${user % 3}`);
    const { low, high } = pairAuroc(users, near, groups, { rng, resamples: 100 });
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(0.5);
    const half = users.map((value, user) => (user < 20 ? value : NaN));
    const expected = pairAuroc(users.slice(0, 20), near, groups.slice(0, 20), { rng, resamples: 100 });
    expect(pairAuroc(half, near, groups, { rng, resamples: 100 }).value).toBeCloseTo(expected.value, 12);
    expect(() => pairAuroc(users, near, [], { rng })).toThrow('40 users and groups of 0');
  });
});
