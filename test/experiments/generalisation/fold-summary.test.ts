import { describe, expect, it } from 'vitest';
import type { FoldResult } from '../../../lib/experiments/generalisation/cross-validate';
import {
  bestOverFolds,
  compareOverFolds,
  summariseFolds,
} from '../../../lib/experiments/generalisation/fold-summary';
import { resampledTTest } from '../../../lib/evaluation/difference/resampled-t-test';
import { rankingMetrics } from '../../../lib/evaluation/ranking-metrics';

const protocol = {
  data: { name: 'toy', sha256: 'abc', users: 4, items: 20, events: 40 },
  cut: 'none',
  split: 'k-fold',
  target: 'test',
  candidates: 'full',
  seenItems: 'excluded',
  ties: 'index',
  loss: null,
  seed: null,
} as const;
const of = (name: string, fold: number, ranks: readonly number[]): FoldResult => ({
  name,
  fold,
  seed: 1,
  learnedFrom: 8,
  users: [...ranks.keys()],
  ranks,
  epoch: null,
  metrics: rankingMetrics(ranks, [10], protocol),
});
const results = [
  of('A', 0, [1, 20]),
  of('B', 0, [1, 1]),
  of('A', 1, [1, 1]),
  of('B', 1, [1, 1]),
  of('A', 2, [20, 20]),
  of('B', 2, [1, 20]),
];

describe('the summary of folds', () => {
  it('gives each rival its folds, mean and standard deviation', () => {
    const [a, b] = summariseFolds(results, 'HR@10');
    expect(a).toMatchObject({ name: 'A', values: [0.5, 1, 0], mean: 0.5, standardDeviation: 0.5, count: 3 });
    expect(b!.values).toEqual([1, 1, 0.5]);
  });

  it('names the best, the first of equals', () => {
    expect(bestOverFolds(results).name).toBe('B');
    expect(bestOverFolds([of('A', 0, [1, 2]), of('B', 0, [2, 1])]).name).toBe('A');
    expect(() => bestOverFolds([])).toThrow(RangeError);
  });

  it('compares fold by fold, with the correction for what folds share', () => {
    expect(compareOverFolds(results, ['A', 'B'], 'HR@10')).toEqual(resampledTTest([0.5, 0, 0.5], 2 / 8));
    expect(compareOverFolds(results, ['B', 'A'], 'HR@10').difference).toBeCloseTo(-1 / 3, 12);
  });

  it('refuses rivals of other folds, a metric and a rival that are not there', () => {
    expect(() => summariseFolds(results.slice(0, 5))).toThrow('other folds');
    expect(() => summariseFolds(results, 'HR@20')).toThrow('no HR@20');
    expect(() => compareOverFolds(results, ['A', 'C'])).toThrow("'C' has no results");
    expect(() => compareOverFolds(results, ['C', 'A'])).toThrow("'C' has no results");
  });
});
