import { describe, expect, it } from 'vitest';
import { auroc } from '../../lib/evaluation/auroc';
import { groupAuroc } from '../../lib/evaluation/group-auroc';

/** Groups of so many cases, with the positive ones at given places of the order, 1 being the best. */
function groupsOf(...groups: readonly { cases: number; positiveAt: readonly number[] }[]) {
  const all = groups.flatMap(({ cases, positiveAt }, group) =>
    Array.from({ length: cases }, (_, at) => ({
      group,
      score: -at,
      positive: Number(positiveAt.includes(at + 1)),
    })),
  );
  return [
    all.map(({ group }) => group),
    all.map(({ score }) => score),
    all.map(({ positive }) => positive),
  ] as const;
}

describe('group AUC', () => {
  it('is the weighted mean of the users’ areas, and counts whom it left out', () => {
    /*
    scikit-learn 1.9.1: u = [i % 4 for i in range(24)] + [9, 9, 9]; s = [((i * 29) % 17) / 16 for i in range(27)]
    y = [(i * 5) % 7 < 3 for i in range(24)] + [1, 1, 1]
    sum(n_u * roc_auc_score(y_u, s_u)) / sum(n_u) over users with both labels  ->  0.2916666666666667, 24 events
    */
    const users = [...Array.from({ length: 24 }, (_, i) => i % 4), 9, 9, 9];
    const scores = users.map((_, i) => ((i * 29) % 17) / 16);
    const labels = users.map((_, i) => (i < 24 ? Number((i * 5) % 7 < 3) : 1));
    const found = groupAuroc(users, scores, labels);
    expect(found.value).toBeCloseTo(0.2916666666666667, 14);
    expect(found).toMatchObject({ groups: 4, events: 24, leftOutGroups: 1, leftOutEvents: 3 });
  });

  it('has RecBole’s values, which weighs by positive cases', () => {
    // RecBole, tests/metrics/test_rank_metrics.py: 2, 3, 5 cases with 1, 2, 3 positive ones, ranks summing to 1, 4, 9
    const first = groupsOf(
      { cases: 2, positiveAt: [1] },
      { cases: 3, positiveAt: [1, 3] },
      { cases: 5, positiveAt: [2, 3, 4] },
    );
    expect(groupAuroc(...first, 'positives').value).toBeCloseTo((1 * 1 + 2 * 0.5 + 3 * 0.5) / 6, 14);
    expect(groupAuroc(...first).value).toBeCloseTo((2 * 1 + 3 * 0.5 + 5 * 0.5) / 10, 14);
    expect(groupAuroc(...first, 'equal').value).toBeCloseTo((1 + 0.5 + 0.5) / 3, 14);
    // The second case there: the second user has no positive case, the third nothing else.
    const second = groupsOf(
      { cases: 3, positiveAt: [3] },
      { cases: 6, positiveAt: [] },
      { cases: 4, positiveAt: [1, 2, 3, 4] },
    );
    expect(groupAuroc(...second, 'positives')).toEqual({
      value: 0,
      groups: 1,
      events: 3,
      leftOutGroups: 2,
      leftOutEvents: 10,
    });
  });

  it('has RePlay’s values, the mean over users of the area within a list', () => {
    // RePlay, tests/metrics/test_metrics.py, RocAuc at 5: hits at places 2, 3 of 5; 3 of 5; 1, 3 of 3  ->  .55555
    const lists = groupsOf(
      { cases: 5, positiveAt: [2, 3] },
      { cases: 5, positiveAt: [3] },
      { cases: 3, positiveAt: [1, 3] },
    );
    expect(groupAuroc(...lists, 'equal').value).toBeCloseTo(0.555555, 5);
  });

  it('gives nothing for knowing who clicks much, where the area over all cases does', () => {
    const users = [1, 1, 1, 1, 2, 2, 2, 2];
    const labels = [1, 1, 1, 0, 1, 0, 0, 0];
    const byUser = users.map((user) => (user === 1 ? 0.75 : 0.25));
    expect(groupAuroc(users, byUser, labels).value).toBe(0.5);
    expect(auroc(byUser, labels)).toBe(0.75);
  });

  it('refuses groups that cannot be ranked, and lists of other lengths', () => {
    expect(() => groupAuroc([1, 1, 2], [1, 2, 3], [1, 1, 0])).toThrow('no group has both');
    expect(() => groupAuroc([1, 1], [1, 2, 3], [1, 1, 0])).toThrow('2 groups for 3 cases');
    expect(() => groupAuroc([1, 1], [1, Number.NaN], [1, 0])).toThrow('score 1 is not a number');
  });
});
