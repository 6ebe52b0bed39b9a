import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrixFromRows } from '../../lib/base/matrix';
import { catalogueCoverage, exposureCounts, exposureEntropy, giniIndex } from '../../lib/evaluation/exposure';
import { intraListDiversity } from '../../lib/evaluation/intra-list-diversity';
import { similarityByVectors } from '../../lib/evaluation/item-similarity';
import { noveltyOfLists } from '../../lib/evaluation/novelty';
import { longTail, longTailShareOfLists, meanPopularityOfLists } from '../../lib/evaluation/popularity-bias';
import { serendipityOfLists } from '../../lib/evaluation/serendipity';

const sets = (...lists: number[][]): Int32Array[] => lists.map((list) => Int32Array.from(list));
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** Recommenders, tests/unit/recommenders/evaluation/conftest.py, diversity_data. */
const recommenders = {
  histories: sets([1, 2, 4], [3, 4], [3, 4, 5]),
  lists: sets([3, 5], [2, 5], [1, 2]),
  relevant: sets([3], [2, 5], [1]),
  counts: [0, 1, 1, 2, 3, 1],
  similarity: similarityByVectors(
    matrixFromRows([
      [0, 0, 0, 0, 0],
      [0, 1, 1, 0, 0],
      [0, 1, 0, 1, 0],
      [0, 0, 1, 1, 0],
      [0, 0, 1, 0, 1],
      [0, 0, 0, 1, 1],
    ]),
  ),
};

describe('exposure', () => {
  const { lists } = recommenders;

  it('has the coverage and the entropy of Recommenders', () => {
    const counts = exposureCounts(lists, 2, 6);
    expect([...counts]).toEqual([1, 2, 1, 0, 2]);
    expect(catalogueCoverage(counts)).toBe(0.8);
    expect(exposureEntropy(counts)).toBeCloseTo(1.9183, 4); // distributional_coverage
    expect(exposureEntropy(counts)).toBeCloseTo(1.9182958340544893, 12); // scipy: entropy([1, 2, 1, 2], base=2)
  });

  it('has the coverage and the Gini index of RecBole', () => {
    // RecBole, tests/metrics/test_topk_metrics.py, item_matrix; of 8 items one is never shown
    const counts = exposureCounts(sets([5, 7, 3], [4, 5, 2], [2, 3, 5], [1, 4, 6], [5, 3, 7]), 3, 9);
    expect(catalogueCoverage(counts)).toBe(7 / 8);
    const expected = (-7 * 0 + -5 * 1 + -3 * 1 + -1 * 2 + 1 * 2 + 3 * 2 + 5 * 3 + 7 * 4) / (8 * (3 * 5));
    expect(giniIndex(counts)).toBeCloseTo(expected, 14);
  });

  it('has the coverage of RePlay', () => {
    // RePlay, tests/metrics/test_metrics.py: of the 10 items in all lists, at 3 and at 5
    const replay = sets([3, 7, 10, 11, 2], [5, 8, 11, 1, 3], [4, 9, 2]);
    const items = new Set(replay.flatMap((list) => [...list]));
    const at = (k: number): number => (catalogueCoverage(exposureCounts(replay, k, 12)) * 11) / items.size;
    expect([at(3), at(5)]).toEqual([0.9, 1]);
  });

  it('is as unequal as the mean difference of all pairs says', () => {
    // numpy: abs(subtract.outer(x, x)).sum() / (2 * n * x.sum()) for x = [0, 3, 0, 5, 1, 1, 7]
    expect(giniIndex([0, 3, 0, 5, 1, 1, 7])).toBeCloseTo(0.5546218487394958, 14);
    const drawn = fc.array(fc.nat(20), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(drawn, (counts) => {
        const total = counts.reduce((sum, count) => sum + count, 0);
        fc.pre(total > 0);
        const pairs = counts.flatMap((a) => counts.map((b) => Math.abs(a - b)));
        const expected = pairs.reduce((sum, own) => sum + own, 0) / (2 * counts.length * total);
        expect(giniIndex(counts)).toBeCloseTo(expected, 12);
        expect(exposureEntropy(counts)).toBeLessThanOrEqual(Math.log2(counts.length) + 1e-12);
        expect(exposureEntropy(counts)).toBeGreaterThanOrEqual(0);
      }),
    );
    expect(giniIndex([4, 4, 4])).toBe(0);
    expect(giniIndex([0, 0, 0, 9])).toBe(3 / 4);
    expect(exposureEntropy([0, 9])).toBeCloseTo(0, 14);
    expect(exposureEntropy([3, 3, 3, 3])).toBeCloseTo(2, 14);
  });

  it('refuses items that are none, an item twice, and nothing at all', () => {
    expect(() => exposureCounts(sets([0]), 1, 6)).toThrow('user 0 is shown item 0, items are 1 to 5');
    expect(() => exposureCounts(sets([6]), 1, 6)).toThrow('is shown item 6');
    expect(() => exposureCounts(sets([1, 1]), 2, 6)).toThrow('names an item twice');
    expect(() => exposureCounts([], 2, 6)).toThrow('there are no lists');
    expect(() => giniIndex([0, 0])).toThrow('nothing is shown');
    expect(() => giniIndex([3, -1])).toThrow('count 1 is -1');
    expect(catalogueCoverage([0, 0])).toBe(0);
    expect(() => catalogueCoverage([])).toThrow('nothing is shown');
  });
});

describe('intra-list diversity', () => {
  it('has the values of Recommenders and RecTools', () => {
    const { lists, similarity } = recommenders;
    for (const value of intraListDiversity(lists, 2, similarity)) expect(value).toBeCloseTo(0.5, 12);
    // RecTools, tests/metrics/test_diversity.py: Hamming distances of two features
    const features = [[], [0, 0], [0, 1], [1, 1]];
    const hamming = (a: number, b: number): number =>
      features[a]!.filter((value, at) => value !== features[b]![at]).length;
    const of = (k: number) => intraListDiversity(sets([1, 2, 3]), k, (a, b) => 1 - hamming(a, b))[0];
    expect(of(2)).toBe(1);
    expect(of(3)).toBeCloseTo(4 / 3, 14);
  });

  it('knows no order, and is 0 for the same things', () => {
    const { similarity } = recommenders;
    const [there, back] = intraListDiversity(sets([1, 2, 5], [5, 2, 1]), 3, similarity);
    expect(there).toBeCloseTo(back!, 14);
    expect(intraListDiversity(sets([1, 2]), 2, () => 1)[0]).toBe(0);
  });

  it('refuses a list without a pair, and what has no similarity', () => {
    expect(() => intraListDiversity(sets([1]), 2, () => 1)).toThrow('of user 0 there is 1 item at k = 2');
    expect(() => intraListDiversity(sets([1, 2]), 1, () => 1)).toThrow('at k = 1; a pair needs two');
    expect(() => intraListDiversity(sets([1, 2]), 2, () => Number.NaN)).toThrow('of user 0 is NaN');
    expect(() => recommenders.similarity(1, 6)).toThrow('item 6 has no vector');
  });

  it('compares vectors by their angle, and nothing with nothing', () => {
    const { similarity } = recommenders;
    expect(similarity(1, 2)).toBeCloseTo(0.5, 12);
    expect([similarity(0, 1), similarity(0, 0), similarity(3, 3)]).toEqual([0, 1, 1]);
  });
});

describe('novelty', () => {
  it('has the values of Recommenders', () => {
    // test_novelty: 8 events in training, the mean over 3 lists of 2
    const { lists, counts } = recommenders;
    const found = noveltyOfLists(lists, 2, { counts, total: 8 });
    expect(mean(found)).toBeCloseTo(2.83333, 5);
    expect(noveltyOfLists(sets([4]), 1, { counts, total: 8 })[0]).toBeCloseTo(1.41504, 5);
  });

  it('has the values of RecTools, where items that nobody used count as used once', () => {
    // RecTools, tests/metrics/test_novelty.py: 3 users, of whom 3 used item 1 and one item 2
    const lists = sets([3], [2, 3], [1, 2]);
    const use = { counts: [0, 3, 1, 0], total: 3 };
    const expected = [[Math.log2(3), Math.log2(3), 0], [Math.log2(3), Math.log2(3), Math.log2(3) / 2]]; // prettier-ignore
    for (const k of [1, 2]) expect([...noveltyOfLists(lists, k, use)]).toEqual(expected[k - 1]);
  });

  it('is the surprisal of RePlay, which divides it by that of an item with one user', () => {
    // RePlay, tests/metrics/test_metrics.py, test_surprisal with the test events as training, at 3: .719586
    const counts = [0, 1, 1, 1, 2, 2, 2, 2, 1, 1, 2, 1];
    const found = noveltyOfLists(sets([3, 7, 10], [5, 8, 11], [4, 9, 2]), 3, { counts, total: 3 });
    expect(mean(found) / Math.log2(3)).toBeCloseTo(0.719586, 5);
  });

  it('refuses an empty list, an unknown item and a count above the total', () => {
    const use = { counts: [0, 3, 1], total: 3 };
    expect(() => noveltyOfLists(sets([]), 2, use)).toThrow('the list of user 0 is empty');
    expect(() => noveltyOfLists(sets([3]), 2, use)).toThrow('item 3 was used undefined of 3 times');
    expect(() => noveltyOfLists(sets([1]), 2, { ...use, total: 2 })).toThrow('item 1 was used 3 of 2');
    expect(() => noveltyOfLists(sets([1]), 2, { ...use, total: 0 })).toThrow('the total is 0');
  });
});

describe('popularity bias', () => {
  it('has the values of RecTools and RecBole', () => {
    // RecTools, tests/metrics/test_popularity.py
    const lists = sets([1, 2], [3, 1, 2], [3, 2]);
    expect([...meanPopularityOfLists(lists, 1, [0, 3, 2, 1])]).toEqual([3, 1, 1]);
    expect([...meanPopularityOfLists(lists, 3, [0, 3, 2, 1])]).toEqual([2.5, 2, 1.5]);
    // RecBole, tests/metrics/test_topk_metrics.py: item_count is 0 to 5 for items 1 to 6, none for 7; the tail is item 1
    const matrix = sets([5, 7, 3], [4, 5, 2], [2, 3, 5], [1, 4, 6], [5, 3, 7]);
    const counts = [0, 0, 1, 2, 3, 4, 5, 0];
    const expected = [
      [4, 3, 1, 0, 4],
      [4 / 2, 7 / 2, 3 / 2, 3 / 2, 6 / 2],
      [6 / 3, 8 / 3, 7 / 3, 8 / 3, 6 / 3],
    ];
    const tail = [[0, 0, 0, 1, 0], [0, 0, 0, 1 / 2, 0], [0, 0, 0, 1 / 3, 0]]; // prettier-ignore
    for (const k of [1, 2, 3]) {
      expect([...meanPopularityOfLists(matrix, k, counts)]).toEqual(expected[k - 1]);
      const isTail = Uint8Array.from([0, 1, 0, 0, 0, 0, 0, 0]);
      expect([...longTailShareOfLists(matrix, k, isTail)]).toEqual(tail[k - 1]);
    }
  });

  it('parts the head from the tail by what it holds', () => {
    // 10 events: items 3 and 1 hold 7, so item 2 is needed for 8; of the equal items 2 and 5 the first by index.
    expect([...longTail([99, 3, 1, 4, 0, 1, 1])]).toEqual([0, 0, 0, 0, 1, 1, 1]);
    expect([...longTail([0, 3, 1, 4, 0, 1, 1], 0.4)]).toEqual([0, 1, 1, 0, 1, 1, 1]);
    fc.assert(
      fc.property(
        fc.array(fc.nat(30), { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        (counts, share) => {
          const total = counts.reduce((sum, count) => sum + count, 0);
          fc.pre(total > 0);
          const isTail = longTail([0, ...counts], share);
          const head = counts.filter((_, at) => isTail[at + 1] === 0);
          const held = head.reduce((sum, count) => sum + count, 0);
          expect(held).toBeGreaterThanOrEqual(share * total - 1e-9);
          expect(held - Math.min(...head)).toBeLessThan(share * total + 1e-9);
          const most = Math.max(0, ...counts.filter((_, at) => isTail[at + 1] === 1));
          expect(Math.min(...head)).toBeGreaterThanOrEqual(most);
        },
      ),
    );
  });

  it('refuses shares and counts that are none', () => {
    expect(() => longTail([0, 1], 1)).toThrow('got 1');
    expect(() => longTail([0, 0])).toThrow('no item was used');
    expect(() => longTail([0, Number.NaN])).toThrow('item 1 has the count NaN');
    expect(() => meanPopularityOfLists(sets([2]), 1, [0, 1])).toThrow('item 2 has the count undefined');
    expect(() => longTailShareOfLists(sets([2]), 1, new Uint8Array(2))).toThrow('item 2 is not known');
  });
});

describe('serendipity', () => {
  it('has the values of Recommenders', () => {
    // test_user_serendipity_item_feature_vector: .25, .625, .3333; test_serendipity_item_feature_vector: .4028
    const { histories, similarity } = recommenders;
    const found = serendipityOfLists(recommenders, histories, 2, similarity);
    expect(found[0]).toBeCloseTo(0.25, 6);
    expect(found[1]).toBeCloseTo(0.625, 6);
    expect(found[2]).toBeCloseTo(0.3333, 4);
    expect(mean(found)).toBeCloseTo(0.4028, 4);
    // test_user_item_serendipity: item 3 of user 1 by items' co-occurrence; here the first place alone, by features .5
    expect(serendipityOfLists(recommenders, histories, 1, similarity)[0]).toBeCloseTo(0.5, 6);
  });

  it('is nothing for what is wrong, or just like the past', () => {
    const own = { lists: sets([1, 2]), relevant: sets([1]) };
    expect(serendipityOfLists({ ...own, relevant: sets([]) }, sets([3]), 2, () => 0)[0]).toBe(0);
    expect(serendipityOfLists(own, sets([3]), 2, () => 1)[0]).toBe(0);
    expect(serendipityOfLists(own, sets([3]), 2, () => 0)[0]).toBe(0.5);
  });

  it('refuses a user without a past, and other numbers of users', () => {
    const own = { lists: sets([1]), relevant: sets([1]) };
    expect(() => serendipityOfLists(own, sets([]), 1, () => 0)).toThrow('user 0 has no past');
    expect(() => serendipityOfLists(own, [], 1, () => 0)).toThrow('and 0 histories');
  });
});
