import { describe, expect, it } from 'vitest';
import { ndcgOfLists, recallOfLists } from '../../lib/evaluation/list-metrics';

const sets = (...lists: number[][]): Int32Array[] => lists.map((list) => Int32Array.from(list));

describe('lists with several right items', () => {
  const lists = sets([4, 9, 2, 7], [1, 2, 3, 4], [5, 6, 7, 8]);
  const relevant = sets([9, 7, 30], [1], [9]);

  it('are measured by recall', () => {
    expect([...recallOfLists({ lists, relevant }, 4)]).toEqual([2 / 3, 1, 0]);
    expect([...recallOfLists({ lists, relevant }, 2)]).toEqual([1 / 3, 1, 0]);
  });

  it('are measured by NDCG, against the best that the list could hold', () => {
    const [first, second, third] = ndcgOfLists({ lists, relevant }, 4);
    // Hits at places 2 and 4; three right items fit into the best list.
    const gain = 1 / Math.log2(3) + 1 / Math.log2(5);
    expect(first).toBeCloseTo(gain / (1 + 1 / Math.log2(3) + 1 / Math.log2(4)), 12);
    expect([second, third]).toEqual([1, 0]);
    // Of three right items two fit into two places.
    expect(ndcgOfLists({ lists, relevant }, 2)[0]).toBeCloseTo(1 / Math.log2(3) / (1 + 1 / Math.log2(3)), 12);
  });

  /*
  scikit-learn 1.9: relevance of 6 items in the order of a list, right at places 1, 3 and 6
  from sklearn.metrics import ndcg_score
  ndcg_score([[1, 0, 1, 0, 0, 1]], [[6, 5, 4, 3, 2, 1]], k=5)  ->  0.7039180890341347
  */
  it('have the NDCG of scikit-learn', () => {
    const own = { lists: sets([10, 11, 12, 13, 14, 15]), relevant: sets([10, 12, 15]) };
    expect(ndcgOfLists(own, 5)[0]).toBeCloseTo(0.7039180890341347, 12);
  });

  it('need a list for every user, and something that is right', () => {
    expect(() => recallOfLists({ lists, relevant: relevant.slice(1) }, 4)).toThrow('3 lists for 2 users');
    expect(() => ndcgOfLists({ lists: sets([1]), relevant: sets([]) }, 4)).toThrow(
      'user 0 has no right item',
    );
    expect(() => recallOfLists({ lists, relevant }, 0)).toThrow(RangeError);
  });
});
