import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { distinctiveFeatures } from '../../../lib/experiments/groups/distinctive-features';

/** 300 users in 3 groups who have each of 100 items with a chance of 20 %, whatever their group. */
function users(seed: number): { features: Set<string>[]; labels: number[] } {
  const rng = createRng(seed);
  const labels = Array.from({ length: 300 }, () => rng.integer(3));
  const features = labels.map(
    () => new Set(Array.from({ length: 100 }, (_, item) => `i${item}`).filter(() => rng.next() < 0.2)),
  );
  return { features, labels };
}

describe('what sets groups apart', () => {
  it('is found where it was planted, in both directions, and nothing else', () => {
    const { features, labels } = users(1);
    const rng = createRng(2);
    for (const [user, own] of features.entries()) {
      for (const item of ['more', 'less']) if (rng.next() < 0.3) own.add(item);
      if (labels[user] === 1 && rng.next() < 0.5) own.add('more');
      if (labels[user] === 1 && rng.next() < 0.9) own.delete('less');
    }
    const found = distinctiveFeatures(features, labels).filter(({ group }) => group === 1);
    expect(found.map(({ feature, ratio }) => [feature, ratio > 1])).toEqual([
      ['more', true],
      ['less', false],
    ]);
    const [more] = found;
    const members = labels.filter((label) => label === 1).length;
    expect(more!.share).toBe(more!.users / members);
    expect(more!.ratio).toBeCloseTo(more!.share / more!.shareOfOthers, 12);
    expect(more!.low).toBeGreaterThan(1);
    expect(more!.adjusted).toBeGreaterThan(more!.p);
  });

  it('is nothing where the groups are dealt at random, as often as the level says', () => {
    const rounds = 60;
    const alarms = Array.from({ length: rounds }, (_, round) => {
      const { features, labels } = users(round + 10);
      return distinctiveFeatures(features, labels).length > 0;
    }).filter(Boolean).length;
    // 5 % at most; 9 of 60 or more would come once in 400 times.
    expect(alarms).toBeLessThan(9);
  });

  it('asks nothing of rare features, counts those without a group among the others, and refuses other lengths', () => {
    const features = Array.from({ length: 40 }, (_, user) => new Set(user < 20 ? ['a', `own ${user}`] : []));
    const labels = Array.from({ length: 40 }, (_, user) => (user < 20 ? 0 : -1));
    const found = distinctiveFeatures(features, labels);
    expect(found).toMatchObject([
      { group: 0, feature: 'a', users: 20, share: 1, shareOfOthers: 0, ratio: Infinity },
    ]);
    expect(distinctiveFeatures(features, labels.fill(0))).toEqual([]);
    expect(() => distinctiveFeatures(features, [0])).toThrow('40 users and 1 labels');
  });
});
