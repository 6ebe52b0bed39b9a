import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hitRate } from '../../lib/evaluation/hit-rate';
import { mrr } from '../../lib/evaluation/mrr';
import { ndcg } from '../../lib/evaluation/ndcg';
import { rankingMetrics } from '../../lib/evaluation/ranking-metrics';
import { protocol } from './protocol-example';

const someRanks = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 40 });

describe('metrics on ranks', () => {
  it('have their closed forms', () => {
    const ranks = Int32Array.from([1, 2, 3, 11]);
    expect(hitRate(ranks, 10)).toBe(3 / 4);
    expect(ndcg(ranks, 10)).toBeCloseTo((1 + 1 / Math.log2(3) + 1 / 2) / 4, 14);
    expect(mrr(ranks)).toBeCloseTo((1 + 1 / 2 + 1 / 3 + 1 / 11) / 4, 14);
    // pytrec_eval's own test: one relevant document at place 2.
    expect(ndcg([2], 10)).toBeCloseTo(0.6309297535714575, 14);
  });

  it('equal scikit-learn on a list without ties', () => {
    // scikit-learn 1.9.1: ndcg_score([[0, 0, 1, 0, 0]], [[.9, .8, .7, .6, .5]], k=5) == 0.5
    expect(ndcg([3], 5)).toBeCloseTo(0.5, 14);
  });

  it('take ranks with halves', () => {
    expect(hitRate([2.5, 1], 2)).toBe(0.5);
    expect(mrr([2.5])).toBeCloseTo(0.4, 14);
  });

  it('obey HR / log2(k + 1) <= NDCG <= HR, grow with k, and end at HR = 1', () => {
    fc.assert(
      fc.property(someRanks, fc.integer({ min: 1, max: 60 }), (ranks, k) => {
        const hr = hitRate(ranks, k);
        expect(ndcg(ranks, k)).toBeLessThanOrEqual(hr + 1e-12);
        expect(ndcg(ranks, k)).toBeGreaterThanOrEqual(hr / Math.log2(k + 1) - 1e-12);
        expect(hitRate(ranks, k + 1)).toBeGreaterThanOrEqual(hr);
        expect(ndcg(ranks, k + 1)).toBeGreaterThanOrEqual(ndcg(ranks, k) - 1e-12);
        expect(hitRate(ranks, 50)).toBe(1);
        expect(hitRate(ranks, 1)).toBe(ndcg(ranks, 1));
        expect(mrr(ranks)).toBeGreaterThanOrEqual(hitRate(ranks, 1));
      }),
    );
  });

  it('refuse what no ranking produces', () => {
    for (const metric of [
      (ranks: number[]) => hitRate(ranks, 10),
      (ranks: number[]) => ndcg(ranks, 10),
      mrr,
    ]) {
      expect(() => metric([])).toThrow('there are no ranks');
      expect(() => metric([1, 0])).toThrow('the rank of row 1 is 0');
      expect(() => metric([NaN])).toThrow('is NaN');
      expect(() => metric([Infinity])).toThrow('is Infinity');
    }
    expect(() => hitRate([1], 0)).toThrow('got 0');
    expect(() => ndcg([1], 2.5)).toThrow('got 2.5');
  });

  it('carry their protocol and the number of users', () => {
    const values = rankingMetrics([1, 3], [1, 5], protocol);
    expect(values.map(({ metric }) => metric)).toEqual(['HR@1', 'HR@5', 'NDCG@1', 'NDCG@5', 'MRR']);
    expect(values.map(({ value }) => value)).toEqual([0.5, 1, 0.5, 0.75, expect.closeTo(2 / 3, 12)]);
    for (const value of values) {
      expect(value.users).toBe(2);
      expect(value.protocol).toBe(protocol);
    }
  });
});
