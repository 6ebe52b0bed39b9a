import { describe, expect, it } from 'vitest';
import { summarise, summariseRuns } from '../../lib/evaluation/summary';
import { protocol } from './protocol-example';

describe('summarise', () => {
  it('gives the mean and the sample standard deviation', () => {
    const { mean, standardDeviation, count } = summarise([2, 4, 4, 4, 5, 5, 7, 9]);
    expect([mean, count]).toEqual([5, 8]);
    expect(standardDeviation).toBeCloseTo(Math.sqrt(32 / 7), 14);
    expect(summarise([1e9, 1e9 + 1, 1e9 + 2]).standardDeviation).toBe(1);
  });

  it('says nothing about the spread of one value', () => {
    expect(summarise([3])).toEqual({ mean: 3, standardDeviation: null, count: 1 });
  });

  it('refuses no values and values that are not finite', () => {
    expect(() => summarise([])).toThrow('there are no values');
    expect(() => summarise([1, NaN])).toThrow('value 1 is NaN');
  });
});

describe('summariseRuns', () => {
  const run = (seed: number, value: number, change: object = {}) => [
    { metric: 'MRR', value, interval: null, users: 4, protocol: { ...protocol, seed, ...change } },
  ];

  it('joins runs that differ in their seed only', () => {
    const [summary, ...others] = summariseRuns([run(1, 0.1), run(2, 0.3)]);
    expect(others).toEqual([]);
    expect(summary).toMatchObject({ metric: 'MRR', mean: 0.2, count: 2 });
    expect(summary!.standardDeviation).toBeCloseTo(Math.sqrt(0.02), 12);
  });

  it('refuses other protocols, other losses, equal seeds and missing metrics', () => {
    expect(() => summariseRuns([])).toThrow('there are no runs');
    expect(() => summariseRuns([run(1, 0.1), run(2, 0.1, { cut: '5-core' })])).toThrow(
      'run 1 cannot join run 0 (cut:',
    );
    expect(() => summariseRuns([run(1, 0.1), run(2, 0.1, { loss: 'bpr' })])).toThrow(
      'loss: cross-entropy / bpr',
    );
    expect(() => summariseRuns([run(1, 0.1), run(1, 0.1)])).toThrow('two runs have the seed 1');
    expect(() => summariseRuns([run(1, 0.1), []])).toThrow('run 1 has other metrics');
  });
});
