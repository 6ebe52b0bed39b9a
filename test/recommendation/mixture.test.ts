import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { matrixFromRows } from '../../lib/base/matrix';
import { startBackend } from '../../lib/nn/backend';
import { groupProbabilities } from '../../lib/recommendation/group-probabilities';
import { mixture } from '../../lib/recommendation/mixture';
import { popularity } from '../../lib/recommendation/popularity';
import type { Scorer } from '../../lib/recommendation/scorer';

beforeAll(async () => {
  await startBackend();
});

const fixed = (name: string, rows: readonly (readonly number[])[]): Scorer => ({
  name,
  numItems: rows[0]!.length,
  score: () => tf.tensor2d(rows as number[][]),
});
function scoresOf(scorer: Scorer, histories: Int32Array[]): number[][] {
  const scores = scorer.score(histories);
  const rows = scores.arraySync();
  scores.dispose();
  return rows;
}
const two = [Int32Array.of(1), Int32Array.of(2)];
const order = (row: readonly number[]): number[] =>
  [...row.keys()].filter((item) => item > 0).sort((a, b) => row[b]! - row[a]!);

describe('items likely in a group', () => {
  const counts_CV = matrixFromRows([
    [0, 6, 0, 2, 0],
    [0, 0, 4, 1, 0],
  ]);
  const assign = (histories: readonly Int32Array[]): Int32Array =>
    Int32Array.from(histories, (history) => history[0]! - 1);

  it('are what the formula gives, and sum to 1 over the items', () => {
    const rows = scoresOf(groupProbabilities({ counts_CV, assign, prior: 4 }), two);
    // Among all, with one more of each: 7, 5, 4, 1 of 17.
    const expected = [
      [0, (6 + 28 / 17) / 12, 20 / 17 / 12, (2 + 16 / 17) / 12, 4 / 17 / 12],
      [0, 28 / 17 / 9, (4 + 20 / 17) / 9, (1 + 16 / 17) / 9, 4 / 17 / 9],
    ];
    for (const [user, row] of rows.entries())
      for (const [item, value] of row.entries()) expect(value).toBeCloseTo(expected[user]![item]!, 6);
    for (const row of rows) expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
  });

  it('have the order of all users where the prior is large, and that of the group where it is small', () => {
    const large = scoresOf(groupProbabilities({ counts_CV, assign, prior: 1e6 }), two);
    const all = scoresOf(popularity(Float32Array.of(0, 6, 4, 3, 0)), two);
    expect(large.map(order)).toEqual(all.map(order));
    const small = scoresOf(groupProbabilities({ counts_CV, assign, prior: 1e-6 }), two);
    expect(small.map(order)).toEqual([
      [1, 3, 2, 4],
      [2, 3, 1, 4],
    ]);
  });

  it('refuse other counts, priors and labels', () => {
    expect(() => groupProbabilities({ counts_CV, assign, prior: 0 })).toThrow('above 0');
    const negative = matrixFromRows([[0, -1]]);
    expect(() => groupProbabilities({ counts_CV: negative, assign, prior: 1 })).toThrow('count 1 is -1');
    const nowhere = groupProbabilities({ counts_CV, assign: () => Int32Array.of(2, 0), prior: 1 });
    expect(() => nowhere.score(two)).toThrow('row 0 got the label 2');
    expect(() =>
      groupProbabilities({ counts_CV, assign: () => Int32Array.of(0), prior: 1 }).score(two),
    ).toThrow('2 histories got 1');
  });
});

describe('a mixture', () => {
  const logits = fixed('logits', [
    [9, 0, Math.log(3), 0],
    [9, 0, 0, 0],
  ]);
  const shares = fixed('shares', [
    [0, 0.5, 0.25, 0.25],
    [0, 0.1, 0.2, 0.7],
  ]);
  const mix = (weight: number): Scorer =>
    mixture('both', [
      { scorer: logits, scores: 'logits', weight: 1 - weight },
      { scorer: shares, scores: 'probabilities', weight },
    ]);

  it('is the weighted mean of the probabilities, without padding', () => {
    const rows = scoresOf(mix(0.25), two);
    const expected = [
      [0.75 * 0.2 + 0.25 * 0.5, 0.75 * 0.6 + 0.25 * 0.25, 0.75 * 0.2 + 0.25 * 0.25],
      [0.75 / 3 + 0.025, 0.75 / 3 + 0.05, 0.75 / 3 + 0.175],
    ];
    for (const [user, row] of rows.entries()) {
      for (const [place, value] of expected[user]!.entries())
        expect(Math.exp(row[place + 1]!)).toBeCloseTo(value, 6);
      expect(row[0]).toBe(Math.min(...row.slice(1)));
    }
  });

  it('has the order of one part where that has all the weight, and asks no other', () => {
    expect(scoresOf(mix(1), two).map(order)).toEqual(scoresOf(shares, two).map(order));
    const never: Scorer = { ...logits, score: () => { throw new Error('asked'); } }; // prettier-ignore
    const alone = mixture('alone', [
      { scorer: shares, scores: 'probabilities', weight: 1 },
      { scorer: never, scores: 'logits', weight: 0 },
    ]);
    expect(scoresOf(alone, two)).toEqual(scoresOf(mix(1), two));
  });

  it('stays finite where a softmax leaves float32, and leaves no tensor behind', () => {
    const far = fixed('far', [[0, 0, -300, -500]]);
    const scorer = mixture('m', [
      { scorer: far, scores: 'logits', weight: 0.5 },
      { scorer: far, scores: 'logits', weight: 0.5 },
    ]);
    const before = tf.memory().numTensors;
    const [row] = scoresOf(scorer, [Int32Array.of(1)]);
    expect(row!.slice(1).map((value) => Math.round(value))).toEqual([0, -300, -500]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses weights that are no shares, and parts of other items', () => {
    const part = (weight: number, scorer = shares) => ({ scorer, scores: 'probabilities' as const, weight });
    expect(() => mixture('m', [part(0.5), part(0.6)])).toThrow('sum to 1, got 0.5, 0.6');
    expect(() => mixture('m', [part(1.5), part(-0.5)])).toThrow('from 0 to 1');
    expect(() => mixture('m', [])).toThrow('sum to 1');
    expect(() => mixture('m', [part(0.5), part(0.5, fixed('few', [[0, 1]]))])).toThrow(
      "'few' has 2 items, not 4",
    );
  });
});
