import { describe, expect, it } from 'vitest';
import { rankingIntervals } from '../../lib/evaluation/ranking-intervals';
import { protocol } from './protocol-example';

describe('rankingIntervals', () => {
  it('agrees with NumPy 2.4.6 and SciPy 1.17.1', () => {
    // import numpy as np; from scipy.stats import binomtest, norm
    // ranks = np.array([1, 2, 30, 4, 11, 10, 50, 3, 99, 12]); g = np.where(ranks <= 10, 1 / np.log2(ranks + 1), 0)
    // binomtest(5, 10).proportion_ci(method='wilson')                             -> 0.236593090512564, 0.7634069094874361
    // g.mean() + np.array([-1, 1]) * norm.ppf(.975) * g.std(ddof=1) / np.sqrt(10) -> 0.06794409, 0.50219013
    const [hitRate, ndcg] = rankingIntervals([1, 2, 30, 4, 11, 10, 50, 3, 99, 12], 10, protocol);
    expect(hitRate).toMatchObject({ metric: 'HR@10', value: 0.5, users: 10, protocol });
    expect([hitRate.low, hitRate.high]).toEqual([
      expect.closeTo(0.236593090512564, 12),
      expect.closeTo(0.7634069094874361, 12),
    ]);
    expect(ndcg.value).toBeCloseTo(
      (1 + 1 / Math.log2(3) + 1 / Math.log2(5) + 1 / Math.log2(11) + 0.5) / 10,
      12,
    );
    expect([ndcg.low, ndcg.high]).toEqual([expect.closeTo(0.06794409, 8), expect.closeTo(0.50219013, 8)]);
  });

  it('does not leave 0 and 1', () => {
    const [, few] = rankingIntervals([1, 99, 99, 99, 99], 10, protocol);
    const [, many] = rankingIntervals([1, 1, 1, 1, 9], 10, protocol);
    expect([few.low, many.high]).toEqual([0, 1]);
  });

  it('is no point where nobody has a hit', () => {
    const [hitRate, ndcg] = rankingIntervals([11, 40, 12], 10, protocol);
    expect([ndcg.value, ndcg.low]).toEqual([0, 0]);
    expect(ndcg.high).toBe(hitRate.high);
    expect(hitRate.high).toBeCloseTo(0.5615, 4); // z^2 / (n + z^2)
  });

  it('refuses one user alone', () => {
    expect(() => rankingIntervals([1], 10, protocol)).toThrow(RangeError);
  });
});
