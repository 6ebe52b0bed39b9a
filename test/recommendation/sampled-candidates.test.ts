import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng, type Rng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import { standTargets } from '../../lib/nn/rank';
import { standAmong } from '../../lib/nn/rank-among';
import { rankWithScorer } from '../../lib/recommendation/rank-with-scorer';
import { sampleCandidates } from '../../lib/recommendation/sample-candidates';
import type { Scorer } from '../../lib/recommendation/scorer';

beforeAll(async () => {
  await startBackend();
});

const sets = (...lists: number[][]): Int32Array[] => lists.map((list) => Int32Array.from(list));

describe('standing among a sample', () => {
  it('is that among all, where all are in the sample', () => {
    const drawn = fc.record({
      rows: fc.integer({ min: 1, max: 4 }),
      scores: fc.array(fc.nat(3), { minLength: 36, maxLength: 36 }),
      targets: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 4, maxLength: 4 }),
      seen: fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 5 }), {
        minLength: 4,
        maxLength: 4,
      }),
    });
    fc.assert(
      fc.property(drawn, ({ rows, scores, targets, seen }) => {
        const scores_NV = tf.tensor2d(scores.slice(0, rows * 9), [rows, 9]);
        const own = Int32Array.from(targets.slice(0, rows));
        const excluded = sets(...seen.slice(0, rows));
        const rest = excluded.map((out, row) =>
          Int32Array.from(
            [8, 7, 6, 5, 4, 3, 2, 1].filter((item) => item !== own[row] && !out.includes(item)),
          ),
        );
        expect(standAmong(scores_NV, own, rest)).toEqual(standTargets(scores_NV, own, excluded));
        scores_NV.dispose();
      }),
      { numRuns: 60 },
    );
  });

  it('counts what is better, level, and level with a smaller index, and reads nothing else', () => {
    const scores_NV = tf.tensor2d([[NaN, 5, 3, 3, NaN, 3, 1]]);
    expect(standAmong(scores_NV, Int32Array.of(3), sets([1, 2, 5, 6]))).toEqual({
      larger: Int32Array.of(1),
      tied: Int32Array.of(2),
      tiedBefore: Int32Array.of(1),
    });
    expect(() => standAmong(scores_NV, Int32Array.of(3), sets([4]))).toThrow('row 0 scores item 4 as NaN');
    expect(() => standAmong(scores_NV, Int32Array.of(3), sets([7]))).toThrow('row 0 asks for item 7');
    expect(() => standAmong(scores_NV, Int32Array.of(3), sets([0]))).toThrow('row 0 asks for item 0');
    expect(() => standAmong(scores_NV, Int32Array.of(3), sets([3]))).toThrow('the target of row 0 is among');
    expect(() => standAmong(scores_NV, Int32Array.of(3), [])).toThrow('1 targets and 0 lists');
  });
});

describe('a sample of candidates', () => {
  const question = { histories: sets([1, 2, 2], [5]), targets: Int32Array.from([3, 5]) };
  const counts = [0, 9, 4, 4, 2, 1, 0, 7];

  it('holds neither the target nor what was seen, nothing twice, and by popularity nothing that never occurs', () => {
    for (let seed = 0; seed < 30; seed++) {
      const uniform = sampleCandidates(question, 8, { count: 4, by: 'uniform' }, createRng(seed));
      expect([...uniform[0]!].sort()).toEqual([4, 5, 6, 7]);
      expect(uniform[1]).not.toContain(5);
      expect(new Set(uniform[1]).size).toBe(4);
      const popular = sampleCandidates(question, 8, { count: 3, by: { counts } }, createRng(seed));
      expect([...popular[0]!].sort()).toEqual([4, 5, 7]);
      expect(popular[1]).not.toContain(6);
    }
  });

  it('draws one after the other in proportion to the weights of those that are left', () => {
    /*
    Items 1 and 2 with weights 3 and 1 beside item 3 with 4, two of three drawn without replacement:
    P(1 and 2) = 3/8 * 1/5 + 1/8 * 3/7 = .12857; P(1 and 3) = 3/8 * 4/5 + 4/8 * 3/4 = .675; P(2 and 3) = .19643
    */
    const users = 20_000;
    const many = {
      histories: Array.from({ length: users }, () => Int32Array.of(4)),
      targets: new Int32Array(users).fill(5),
    };
    const by = { counts: [0, 3, 1, 4, 100, 100] };
    const drawn = sampleCandidates(many, 6, { count: 2, by }, createRng(7));
    const share = (a: number, b: number): number =>
      drawn.filter((own) => own.includes(a) && own.includes(b)).length / users;
    // Four standard errors of a share of .675 are .013. Seen items hold 96 % of the weight: some users need the slow way.
    expect(Math.abs(share(1, 2) - 0.12857)).toBeLessThan(0.0095);
    expect(Math.abs(share(1, 3) - 0.675)).toBeLessThan(0.0133);
    expect(Math.abs(share(2, 3) - 0.19643)).toBeLessThan(0.0113);
  });

  it('never draws padding, not even by a random number of exactly 0', () => {
    const zero: Rng = { ...createRng(1), next: () => 0, child: () => zero };
    const question = { histories: sets([5]), targets: Int32Array.of(6) };
    const [drawn] = sampleCandidates(question, 8, { count: 3, by: { counts } }, zero);
    expect([...drawn!]).toEqual([1, 2, 3]);
  });

  it('depends on the seed and the place of the user alone', () => {
    const of = (seed: number, own = question) =>
      sampleCandidates(own, 1000, { count: 5, by: 'uniform' }, createRng(seed));
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
    const fewer = { histories: question.histories.slice(0, 1), targets: question.targets.slice(0, 1) };
    expect(of(1, fewer)[0]).toEqual(of(1)[0]);
  });

  it('refuses to draw more than there is, and counts that are none', () => {
    const draw = (count: number, by: 'uniform' | { counts: number[] }) => () =>
      sampleCandidates(question, 8, { count, by }, createRng(1));
    expect(draw(5, 'uniform')).toThrow('row 0 has 4 items left to draw from, 5 are wanted');
    expect(draw(4, { counts })).toThrow('row 0 has 3 items left to draw from, 4 are wanted');
    expect(draw(0, 'uniform')).toThrow('got 0');
    expect(draw(1, { counts: [1] })).toThrow('1 counts for 8 items');
    expect(draw(1, { counts: [0, NaN, 1, 1, 1, 1, 1, 1] })).toThrow('item 1 has the count NaN');
  });
});

describe('one pass over the scores', () => {
  it('ranks among all and among samples, whatever the batch', () => {
    let calls = 0;
    const scorer: Scorer = {
      name: 'by index',
      numItems: 9,
      score: (histories) => {
        calls += 1;
        return tf.tensor2d(histories.map(() => [0, 1, 2, 3, 4, 5, 6, 7, 8]));
      },
    };
    const question = { histories: sets([8], [7], [1]), targets: Int32Array.from([5, 2, 8]) };
    const sampled = [{ name: 'some', items: sets([1, 7], [3, 4], [2, 3]) }];
    const once = rankWithScorer(scorer, question, { seenItems: 'excluded', sampled });
    expect(calls).toBe(1);
    expect([...once.ranks]).toEqual([3, 6, 1]);
    expect(once.sampled).toEqual([
      {
        name: 'some',
        standing: { larger: Int32Array.of(1, 2, 0), tied: new Int32Array(3), tiedBefore: new Int32Array(3) },
      },
    ]);
    const parts = rankWithScorer(scorer, question, { seenItems: 'excluded', sampled, batchSize: 2 });
    expect(parts).toEqual(once);
    const wrong = [{ name: 'some', items: sets([1]) }];
    expect(() => rankWithScorer(scorer, question, { seenItems: 'excluded', sampled: wrong })).toThrow(
      "'some' has candidates for 1 of 3 targets",
    );
  });
});
