import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { stackWeights } from '../../lib/experiments/ensembles/stack-weights';
import { startBackend } from '../../lib/nn/backend';
import { rankFusion, reciprocalRank, votes } from '../../lib/recommendation/ensembles/rank-fusion';
import { stacked } from '../../lib/recommendation/ensembles/stacked';
import type { Scorer } from '../../lib/recommendation/scorer';

beforeAll(async () => {
  await startBackend();
});

const fixed = (name: string, rows: readonly (readonly number[])[]): Scorer => ({
  name,
  numItems: rows[0]!.length,
  score: (histories) => tf.tensor2d(rows.slice(0, histories.length) as number[][]),
});
function scoresOf(scorer: Scorer, ...histories: number[][]): number[][] {
  const scores = scorer.score(histories.map((items) => Int32Array.from(items)));
  const rows = scores.arraySync();
  scores.dispose();
  return rows;
}

// Orders 1 2 3 4 and 3 1 4 2; padding is high, and is never read.
const one = fixed('one', [[99, 4, 3, 2, 1]]);
const other = fixed('other', [[99, 30, 10, 40, 20]]);

describe('fused lists', () => {
  it('give an item the sum of what its places are worth', () => {
    const [row] = scoresOf(rankFusion('both', [one, other], { points: reciprocalRank() }), []);
    const expected = [0, 1 / 61 + 1 / 62, 1 / 62 + 1 / 64, 1 / 63 + 1 / 61, 1 / 64 + 1 / 63];
    for (const [item, value] of row!.entries()) expect(value).toBeCloseTo(expected[item]!, 7);
  });

  it('depend on the order of each member alone', () => {
    const stretched = fixed('stretched', [[0, 1e9, 50, 49, -1e9]]);
    const [a, b] = [one, stretched].map((member) =>
      scoresOf(rankFusion('x', [member, other], { points: votes(2) }), []),
    );
    expect(b).toEqual(a);
  });

  it('count a vote of each list above all places', () => {
    const [row] = scoresOf(rankFusion('votes', [one, other], { points: votes(2) }), []);
    // 1 has two votes, 2 and 3 one each, and 3 stands higher; 4 has none.
    expect(row!.map((value) => Math.floor(value))).toEqual([0, 2, 1, 1, 0]);
    expect(row![3]).toBeGreaterThan(row![2]!);
  });

  it('leave places free of what was used before, unless it may come again', () => {
    const points = reciprocalRank(0);
    expect(scoresOf(rankFusion('x', [one], { points }), [1])[0]![2]).toBe(1);
    expect(scoresOf(rankFusion('x', [one], { points, seenItems: 'included' }), [1])[0]![2]).toBe(0.5);
  });

  it('end at the depth', () => {
    const [row] = scoresOf(rankFusion('x', [one], { points: reciprocalRank(), depth: 2 }), []);
    expect(row!.map((value) => value > 0)).toEqual([false, true, true, false, false]);
  });

  it('refuse no member, other items and a depth of 0', () => {
    const points = reciprocalRank();
    expect(() => rankFusion('x', [], { points })).toThrow('there is no member');
    expect(() => rankFusion('x', [one, fixed('short', [[0, 1]])], { points })).toThrow(
      "'short' has 2 items, 'one' has 5",
    );
    expect(() => rankFusion('x', [one], { points, depth: 0 })).toThrow('depth must be a whole number from 1');
  });
});

describe('stacked opinions', () => {
  it('are a product of probabilities, and standard deviations where there are none', () => {
    const shares = fixed('shares', [[0, 0.4, 0.3, 0.2, 0.1]]);
    const members = [
      { scorer: shares, scores: 'probabilities' },
      { scorer: one, scores: 'logits' },
      { scorer: other, scores: 'scores' },
    ] as const;
    const [row] = scoresOf(stacked('x', members, [2, 0.5, -1]), []);
    const logSum = Math.log([4, 3, 2, 1].reduce((sum, value) => sum + Math.exp(value), 0));
    const deviation = Math.sqrt(125);
    const expected = [1, 2, 3, 4].map(
      (item) =>
        2 * Math.log(0.5 - item / 10) +
        0.5 * (5 - item - logSum) -
        ([0, 30, 10, 40, 20][item]! - 25) / deviation,
    );
    for (const [at, value] of expected.entries()) expect(row![at + 1]).toBeCloseTo(value, 4);
    expect(row![0]).toBe(Math.min(...row!.slice(1)));
    expect(
      scoresOf(stacked('x', [{ scorer: fixed('flat', [[0, 7, 7]]), scores: 'scores' }], [1]), []),
    ).toEqual([[0, 0, 0]]);
  });

  it('refuse weights that are no weights', () => {
    const member = { scorer: one, scores: 'logits' } as const;
    expect(() => stacked('x', [member], [])).toThrow('1 members need as many finite weights');
    expect(() => stacked('x', [member], [NaN])).toThrow('finite weights');
  });
});

describe('weights of a stack', () => {
  const [rows, items] = [1500, 12];
  const rng = createRng(3);
  const draw = (): number[][] =>
    Array.from({ length: rows }, () => [0, ...Array.from({ length: items }, () => 1.5 * rng.normal())]);
  const [truth, half, noise] = [draw(), draw(), draw()];
  // The next item is drawn by the sum of two opinions, the second counting half; the third knows nothing.
  const targets = Int32Array.from(truth, (row, at) => {
    const weights = row.map((value, item) => (item === 0 ? 0 : Math.exp(value + 0.5 * half[at]![item]!)));
    let left = rng.next() * weights.reduce((sum, value) => sum + value, 0);
    return weights.findIndex((value) => (left -= value) < 0);
  });
  /** A member that answers rows in the order in which they are asked. */
  const inTurn = (name: string, all: readonly (readonly number[])[]): Scorer => ({
    name,
    numItems: all[0]!.length,
    score: (histories) => tf.tensor2d(histories.map((history) => [...all[history[0]!]!])),
  });
  const histories = Array.from(targets, (_, at) => Int32Array.of(at));
  const members = [
    { scorer: inTurn('truth', truth), scores: 'logits' },
    { scorer: inTurn('half', half), scores: 'logits' },
    { scorer: inTurn('noise', noise), scores: 'logits' },
  ] as const;

  it('are those by which the targets were drawn', () => {
    const { weights, logLoss, alone, hasConverged } = stackWeights(members, { histories, targets });
    expect(hasConverged).toBe(true);
    for (const [at, expected] of [1, 0.5, 0].entries())
      expect(Math.abs(weights[at]! - expected)).toBeLessThan(0.1);
    expect(logLoss).toBeLessThan(Math.min(...alone));
    expect(alone[2]).toBeCloseTo(Math.log(items), 2); // nothing to learn: all items alike
  });

  it('are where the slope of likelihood and l2 is 0', () => {
    // Two items, the first ahead by 1 for everybody; it follows in three cases of four.
    const ahead = { scorer: inTurn('ahead', [[0, 1, 0]]), scores: 'logits' } as const;
    const cases = {
      histories: Array.from({ length: 4 }, () => Int32Array.of(0)),
      targets: Int32Array.of(1, 1, 2, 1),
    };
    for (const l2 of [0.001, 0.1]) {
      const w = stackWeights([ahead], cases, { l2 }).weights[0]!;
      expect(1 / (1 + Math.exp(-w)) - 0.75 + l2 * w).toBeCloseTo(0, 4);
    }
  });

  it('need members and events', () => {
    expect(() => stackWeights([], { histories, targets })).toThrow('there is no member');
    expect(() => stackWeights(members, { histories: [], targets: new Int32Array(0) })).toThrow(
      'there is no event',
    );
  });
});
