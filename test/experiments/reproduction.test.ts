import { describe, expect, it } from 'vitest';
import type { MetricValue } from '../../lib/evaluation/protocol';
import { compareWithPublished, reproductionHead, reproductionRow } from '../../lib/experiments/reproduction';
import type { RunRecord } from '../../lib/experiments/run-record';
import { reproductions } from '../../scripts/reproductions/catalogue';
import { protocol } from '../evaluation/protocol-example';

const runOf = (seed: number, hr10: number, ndcg10: number): RunRecord => {
  const metric = (name: string, value: number): MetricValue => ({
    metric: name,
    value,
    interval: null,
    users: 10,
    protocol: { ...protocol, seed },
  });
  const results = [
    { name: 'popularity', metrics: [] },
    { name: 'sasrec', metrics: [metric('HR@10', hr10), metric('NDCG@10', ndcg10)] },
  ];
  return { results, training: { bestEpoch: 7 + seed } } as unknown as RunRecord;
};
const expected = { hr10: 0.2, ndcg10: 0.1, source: 'a paper', within: 0.05 };

describe('a reproduction', () => {
  it('is reached when both metrics are at least the published ones, less the tolerance', () => {
    const reached = (...runs: [number, number][]): boolean =>
      compareWithPublished(
        { expected },
        runs.map(([hr, ndcg], index) => runOf(index + 1, hr, ndcg)),
      ).isReached;
    expect(reached([0.19, 0.095])).toBe(true);
    expect(reached([0.1899, 0.2])).toBe(false);
    expect(reached([0.4, 0.0949])).toBe(false);
    expect(reached([0.18, 0.1], [0.2, 0.1])).toBe(true); // the mean counts
  });

  it('says by how much', () => {
    const result = compareWithPublished({ expected }, [runOf(1, 0.18, 0.11), runOf(2, 0.2, 0.11)]);
    expect(result.hr10.ours.mean).toBeCloseTo(0.19, 12);
    expect(result.hr10.difference).toBeCloseTo(-0.05, 12);
    expect(result.bestEpochs).toEqual([8, 9]);
    const row = reproductionRow({ title: 'SASRec', expected }, result, 'leave-one-out');
    expect(row).toBe(
      '| SASRec | .2000 | .1900 ± .0141 | -5.0 % | .1000 | .1100 ± .0000 | +10.0 % | reached (within 5 %) | leave-one-out; published: a paper |',
    );
    expect(row.split('|')).toHaveLength(reproductionHead.split('\n')[0]!.split('|').length);
  });

  it('cannot be of runs that differ in more than their seed', () => {
    expect(() => compareWithPublished({ expected }, [])).toThrow(RangeError);
    expect(() => compareWithPublished({ expected }, [runOf(1, 0.1, 0.1), runOf(1, 0.1, 0.1)])).toThrow(
      'two runs have the seed 1',
    );
  });
});

describe('the lab book', () => {
  it('has a page a name, with seeds fixed', () => {
    const names = reproductions.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { seeds, expected: page, length } of reproductions) {
      expect(new Set(seeds).size).toBe(seeds.length);
      expect(page.ndcg10).toBeLessThan(page.hr10);
      expect(length).toBeGreaterThan(0);
    }
  });
});
