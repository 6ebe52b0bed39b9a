import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { matrixFromRows } from '../../lib/base/matrix';
import { startBackend } from '../../lib/nn/backend';
import {
  cosineLikeness,
  maximalMarginalRelevance,
} from '../../lib/recommendation/maximal-marginal-relevance';
import type { Scorer } from '../../lib/recommendation/scorer';
import { recommend } from '../../lib/recommendation/top-n';
import { rankedBy, twoStages } from '../../lib/recommendation/two-stages';

beforeAll(async () => {
  await startBackend();
});

const same = (name: string, row: readonly number[]): Scorer => ({
  name,
  numItems: row.length,
  score: (histories) => tf.tensor2d(histories.map(() => [...row])),
});
const listsOf = (scorer: Scorer, histories: number[][], excludeSeen = true): number[][] =>
  recommend(
    scorer,
    histories.map((items) => Int32Array.from(items)),
    { n: scorer.numItems - 1, excludeSeen },
  ).items.map((items) => [...items]);

const first = same('first', [99, 6, 5, 4, 3, 2, 1]); // 1 2 3 4 5 6
const second = same('second', [99, 1, 2, 3, 9, 9, 9]);

describe('two stages', () => {
  it('order what the first found by the second, and leave the rest behind', () => {
    const both = twoStages('both', { retrieve: first, rank: rankedBy(second), numCandidates: 4 });
    expect(listsOf(both, [[], [2]])).toEqual([
      [4, 3, 2, 1, 5, 6],
      [4, 5, 3, 1, 6],
    ]);
    const again = twoStages('again', {
      retrieve: first,
      rank: rankedBy(second),
      numCandidates: 4,
      seenItems: 'included',
    });
    expect(listsOf(again, [[2]], false)).toEqual([[4, 3, 2, 1, 5, 6]]);
  });

  it('are the first alone with one candidate, the second alone with all, but for equal scores', () => {
    const one = twoStages('one', { retrieve: first, rank: rankedBy(second), numCandidates: 1 });
    expect(listsOf(one, [[]])).toEqual(listsOf(first, [[]]));
    const all = twoStages('all', { retrieve: first, rank: rankedBy(second), numCandidates: 100 });
    expect(listsOf(all, [[]])).toEqual([[4, 5, 6, 3, 2, 1]]);
  });

  it('keep the order of the first behind the candidates, equal scores by index', () => {
    const level = same('level', [0, 2, 1, 2, 3, 1, 2]);
    const both = twoStages('x', { retrieve: level, rank: rankedBy(first), numCandidates: 2 });
    expect(listsOf(both, [[]])).toEqual([[1, 4, 3, 6, 2, 5]]);
  });

  it('ask the second stage about the candidates alone', () => {
    const asked: number[][] = [];
    const scorer = twoStages('x', {
      retrieve: first,
      rank: (_, candidates) => candidates.map((items) => (asked.push([...items]), items)),
      numCandidates: 2,
    });
    expect(listsOf(scorer, [[1], []])).toEqual([
      [3, 2, 4, 5, 6],
      [2, 1, 3, 4, 5, 6],
    ]);
    expect(asked).toEqual([
      [2, 3],
      [1, 2],
    ]);
  });

  it('refuse no candidates and answers that are none', () => {
    const rank = rankedBy(second);
    expect(() => twoStages('x', { retrieve: first, rank, numCandidates: 0 })).toThrow(
      'numCandidates must be',
    );
    const silent = twoStages('x', { retrieve: first, rank: () => [], numCandidates: 2 });
    expect(() => listsOf(silent, [[]])).toThrow('2 candidates have no scores');
    const broken = twoStages('x', { retrieve: first, rank: () => [[NaN, 1]], numCandidates: 2 });
    expect(() => listsOf(broken, [[]])).toThrow('the score of item 1 is NaN');
  });
});

describe('maximal marginal relevance', () => {
  // 1 and 2 are the same thing, 3 and 4 are others.
  const likeness = cosineLikeness(
    matrixFromRows([
      [0, 0],
      [1, 0],
      [2, 0],
      [0, 1],
      [0.6, 0.8],
    ]),
  );
  const choose = (relevance: number, n = 4): number[] => [
    ...maximalMarginalRelevance([1, 2, 3, 4], [4, 3, 1, 2], { n, relevance, likeness }),
  ];

  it('keeps the order of the scores, or looks at likeness alone', () => {
    expect(choose(1)).toEqual([1, 2, 4, 3]);
    // After 1: 2 is as like as can be, 4 by .6, 3 not at all. After 3: 4 by .8, 2 by 1.
    expect(choose(0)).toEqual([1, 3, 4, 2]);
  });

  it('weighs both as the formula says', () => {
    // After 1, at .5: 2 has .5 * 2/3 - .5, 3 has 0, 4 has .5 / 3 - .3; after 3: 4 has .5 / 3 - .4, 2 as before.
    expect(choose(0.5)).toEqual([1, 3, 2, 4]);
    expect(choose(0.5, 2)).toEqual([1, 3]);
    expect(likeness(1, 4)).toBeCloseTo(0.6, 7);
    expect(likeness(0, 1)).toBe(0);
  });

  it('chooses each candidate at most once, the best first, whatever the weight', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 8 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (scores, relevance) => {
          const items = scores.map((_, at) => 10 + at);
          const chosen = [
            ...maximalMarginalRelevance(items, scores, {
              n: 20,
              relevance,
              likeness: (a, b) => 1 / (1 + Math.abs(a - b)),
            }),
          ];
          expect([...chosen].sort((a, b) => a - b)).toEqual(items);
          if (scores.length > 0) expect(scores[chosen[0]! - 10]).toBe(Math.max(...scores));
        },
      ),
    );
  });

  it('refuses what is out of range', () => {
    const options = { n: 1, relevance: 0.5, likeness };
    expect(() => maximalMarginalRelevance([1], [], options)).toThrow('1 candidates, 0 scores');
    expect(() => maximalMarginalRelevance([1], [Infinity], options)).toThrow('score 0 is Infinity');
    expect(() => maximalMarginalRelevance([1], [1], { ...options, n: -1 })).toThrow(
      'n must be a whole number',
    );
    expect(() => maximalMarginalRelevance([1], [1], { ...options, relevance: 2 })).toThrow(
      'relevance must be',
    );
  });
});
