import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { ranksUnder, rankTargets, standTargets, tiedShare, topItems } from '../../lib/nn/rank';

beforeAll(async () => {
  await startBackend();
});

const none = new Int32Array(0);
const indices = (...items: number[]) => Int32Array.from(items);

function withScores<R>(rows: readonly (readonly number[])[], use: (scores_NV: tf.Tensor2D) => R): R {
  const scores_NV = tf.tensor2d(rows as number[][]);
  try {
    return use(scores_NV);
  } finally {
    scores_NV.dispose();
  }
}

describe('rankTargets', () => {
  it('counts from 1 and never lets padding compete', () => {
    // Column 0 is padding: its score of 99 must not push the target down.
    withScores([[99, 0.1, 0.9, 0.5]], (scores) => {
      expect(Array.from(rankTargets(scores, indices(2), [none]))).toEqual([1]);
      expect(Array.from(rankTargets(scores, indices(3), [none]))).toEqual([2]);
      expect(Array.from(rankTargets(scores, indices(1), [none]))).toEqual([3]);
    });
  });

  it('puts the smaller index first among equal scores', () => {
    withScores([[0, 7, 7, 7, 8]], (scores) => {
      expect(Array.from(rankTargets(scores, indices(1), [none]))).toEqual([2]);
      expect(Array.from(rankTargets(scores, indices(3), [none]))).toEqual([4]);
    });
  });

  it('removes seen items once, however often they are listed, and keeps a seen target', () => {
    withScores([[0, 5, 4, 3, 2]], (scores) => {
      expect(Array.from(rankTargets(scores, indices(4), [indices(1, 1, 0, 2)]))).toEqual([2]);
      expect(Array.from(rankTargets(scores, indices(3), [indices(1, 3, 3)]))).toEqual([2]);
    });
  });

  it('names row and item of a score that is not finite, unless the item is excluded', () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      withScores(
        [
          [0, 1, 2, 3],
          [0, 1, bad, 3],
        ],
        (scores) => {
          const call = () => rankTargets(scores, indices(1, 1), [none, none]);
          expect(call).toThrow(`rankTargets: row 1 scores item 2 as ${bad}`);
          expect(() => topItems(scores, 2, [none, none])).toThrow(`topItems: row 1 scores item 2 as ${bad}`);
          expect(Array.from(rankTargets(scores, indices(1, 1), [none, indices(2)]))).toEqual([3, 2]);
          expect(Array.from(topItems(scores, 2, [none, indices(2)]).items[1]!)).toEqual([3, 1]);
          // A target with such a score stays a candidate, so it is refused even when it is excluded.
          expect(() => rankTargets(scores, indices(1, 2), [none, indices(2)])).toThrow('row 1 scores item 2');
        },
      );
    }
    withScores([[NaN, 1, 2]], (scores) => {
      expect(Array.from(rankTargets(scores, indices(2), [none]))).toEqual([1]);
    });
  });

  it('refuses targets and exclusions that are no items', () => {
    withScores([[0, 1, 2]], (scores) => {
      expect(() => rankTargets(scores, indices(0), [none])).toThrow(
        'the target of row 0 is 0, items are 1 to 2',
      );
      expect(() => rankTargets(scores, indices(3), [none])).toThrow('the target of row 0 is 3');
      expect(() => rankTargets(scores, indices(1), [indices(3)])).toThrow('row 0 excludes item 3');
      expect(() => rankTargets(scores, indices(1, 2), [none])).toThrow('1 rows of scores');
      expect(() => rankTargets(scores, indices(1), [])).toThrow('1 rows of scores');
    });
  });
});

describe('tie rules', () => {
  it('differ as their names say: a constant scorer reaches rank 1 only under strictly-larger', () => {
    withScores([[0, 1, 1, 1, 1, 1]], (scores) => {
      const standing = standTargets(scores, indices(4), [none]);
      expect(Array.from(ranksUnder(standing, 'index'))).toEqual([4]);
      expect(Array.from(ranksUnder(standing, 'strictly-larger'))).toEqual([1]);
      expect(Array.from(ranksUnder(standing, 'averaged'))).toEqual([3]);
      expect(Array.from(ranksUnder(standing, 'pessimistic'))).toEqual([5]);
      expect(tiedShare(standing)).toBe(1);
    });
  });

  it('report the share of tied targets, excluded items not counted', () => {
    withScores(
      [
        [0, 1, 1, 2],
        [0, 1, 1, 2],
        [0, 1, 2, 3],
      ],
      (scores) => {
        const standing = standTargets(scores, indices(1, 1, 1), [none, indices(2), none]);
        expect(tiedShare(standing)).toBeCloseTo(1 / 3, 12);
      },
    );
  });
});

describe('topItems', () => {
  it('gives fewer items where there are fewer candidates', () => {
    withScores([[9, 1, 3, 2]], (scores) => {
      const top = topItems(scores, 5, [indices(2)]);
      expect(Array.from(top.items[0]!)).toEqual([3, 1]);
      expect(Array.from(top.scores[0]!)).toEqual([2, 1]);
    });
  });

  it('orders as TensorFlow does: TopKV2 puts the lower index first among equals', () => {
    const rows = [
      [0, 2, 1, 2, 1, 2, 3, 1],
      [0, 1, 1, 1, 1, 1, 1, 1],
    ];
    withScores(rows, (scores) => {
      const native = tf.tidy(() => tf.topk<tf.Tensor2D>(tf.slice(scores, [0, 1]), 5).indices.arraySync());
      const ours = topItems(scores, 5, [none, none]).items.map((items) =>
        Array.from(items, (item) => item - 1),
      );
      expect(ours).toEqual(native);
    });
  });

  it('refuses a length that is not a whole number from 1', () => {
    withScores([[0, 1]], (scores) => {
      expect(() => topItems(scores, 0, [none])).toThrow('got 0');
      expect(() => topItems(scores, 1.5, [none])).toThrow('got 1.5');
    });
  });
});

describe('rank and list agree', () => {
  // Few distinct scores, so that ties are the rule and not the exception.
  const cases = fc.integer({ min: 2, max: 12 }).chain((V) =>
    fc.array(
      fc.record({
        scores: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: V, maxLength: V }),
        target: fc.integer({ min: 1, max: V - 1 }),
        excluded: fc.array(fc.integer({ min: 0, max: V - 1 }), { maxLength: V }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  );

  it('rank r <= n exactly when place r of the list is the target', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 12 }), (users, n) => {
        withScores(
          users.map(({ scores }) => scores),
          (scores) => {
            const targets = Int32Array.from(users, ({ target }) => target);
            const excluded = users.map((user) => Int32Array.from(user.excluded));
            const ranks = rankTargets(scores, targets, excluded);
            const lists = topItems(scores, n, excluded, { keep: targets }).items;
            for (const [user, list] of lists.entries()) {
              expect(list.indexOf(targets[user]!)).toBe(ranks[user]! <= n ? ranks[user]! - 1 : -1);
            }
          },
        );
      }),
      { numRuns: 300 },
    );
  });

  it('equals sorting the candidates', () => {
    fc.assert(
      fc.property(cases, (users) => {
        withScores(
          users.map(({ scores }) => scores),
          (scores) => {
            const targets = Int32Array.from(users, ({ target }) => target);
            const excluded = users.map((user) => Int32Array.from(user.excluded));
            const standing = standTargets(scores, targets, excluded);
            const byIndex = ranksUnder(standing, 'index');
            const averaged = ranksUnder(standing, 'averaged');
            for (const [row, user] of users.entries()) {
              const candidates = user.scores
                .map((score, item) => ({ score, item }))
                .filter(({ item }) => item > 0 && (item === user.target || !user.excluded.includes(item)))
                .sort((a, b) => b.score - a.score || a.item - b.item);
              const place = candidates.findIndex(({ item }) => item === user.target) + 1;
              const level = candidates.flatMap(({ score }, index) =>
                score === user.scores[user.target] ? [index + 1] : [],
              );
              expect(byIndex[row]).toBe(place);
              expect(averaged[row]).toBe(level.reduce((sum, rank) => sum + rank, 0) / level.length);
            }
          },
        );
      }),
      { numRuns: 200 },
    );
  });
});
