import { beforeAll, describe, expect, it } from 'vitest';
import { sparseRows } from '../../lib/base/sparse-rows';
import { startBackend } from '../../lib/nn/backend';
import { byContent } from '../../lib/recommendation/by-content';
import type { Scorer } from '../../lib/recommendation/scorer';

beforeAll(async () => {
  await startBackend();
});

// Items 1 to 4; feature 0 has everything, 1 items 1 and 2, 2 item 2 twice, 3 item 3. Item 4 has feature 0 alone.
const features = sparseRows(
  [5, 4],
  [1, 1, 2, 2, 2, 3, 3, 4],
  [0, 1, 0, 1, 2, 0, 3, 0],
  [1, 1, 1, 1, 2, 1, 1, 1],
);
function rowOf(scorer: Scorer, ...history: number[]): number[] {
  const scores = scorer.score([Int32Array.from(history)]);
  const [row] = scores.arraySync();
  scores.dispose();
  return row!;
}

describe('recommending by content', () => {
  it('is the cosine of weights tf * log(N / n)', () => {
    const second = [Math.log(2), 2 * Math.log(4)];
    const length = Math.hypot(...second);
    const row = rowOf(byContent(features), 1);
    const expected = [0, 1, second[0]! / length, 0, 0];
    for (const [item, value] of row.entries()) expect(value).toBeCloseTo(expected[item]!, 6);
    // The mean of two items, each of length 1.
    const both = rowOf(byContent(features), 1, 3);
    for (const [item, value] of [0, 0.5, expected[2]! / 2, 0.5, 0].entries())
      expect(both[item]).toBeCloseTo(value, 6);
  });

  it('reads the latest items alone when asked to, and says nothing of nobody', () => {
    expect(rowOf(byContent(features, { latest: 1 }), 3, 1)).toEqual(rowOf(byContent(features), 1));
    expect(rowOf(byContent(features))).toEqual([0, 0, 0, 0, 0]);
  });

  it('refuses what is no amount', () => {
    expect(() => byContent(sparseRows([2, 1], [1], [0], [-1]))).toThrow('negative or not finite');
    expect(() => byContent(sparseRows([2, 1], [1], [0], [NaN]))).toThrow('negative or not finite');
    expect(() => byContent(features, { latest: 0 })).toThrow('latest must be a whole number from 1');
  });
});
