import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { userKnn } from '../../lib/recommendation/user-knn';

beforeAll(async () => {
  await startBackend();
});

const histories = [[1, 2, 2], [2, 3], [4], [3, 4, 5]].map((items) => Int32Array.from(items));
const scoresOf = (history: number[], options = {}): number[] =>
  Array.from(
    userKnn(histories, { numItems: 6, ...options })
      .score([Int32Array.from(history)])
      .dataSync(),
  );
const expectScores = (found: number[], wanted: number[]): void => {
  for (const [item, score] of wanted.entries()) expect(found[item]).toBeCloseTo(score, 6);
};

describe('user-kNN', () => {
  it('sums the cosines of the users that used an item; how often does not count', () => {
    // To users 0 to 3 of {2, 3}: 1/2, 1, 0, 1/sqrt(6).
    const last = 1 / Math.sqrt(6);
    expectScores(scoresOf([2, 3, 2]), [0, 1 / 2, 3 / 2, 1 + last, last, last]);
    expectScores(scoresOf([]), [0, 0, 0, 0, 0, 0]);
  });

  it('lets only the nearest speak, equal ones in their order, and compares only the latest items', () => {
    expectScores(scoresOf([2, 3], { neighbors: 1 }), [0, 0, 1, 1, 0, 0]);
    // Of {2} users 0 and 1 have 1/sqrt(2) both.
    expectScores(scoresOf([2], { neighbors: 1 }), [0, Math.SQRT1_2, Math.SQRT1_2, 0, 0, 0]);
    expectScores(scoresOf([2, 4], { latest: 1, neighbors: 1 }), [0, 0, 0, 0, 1, 0]);
  });

  it('refuses what is no number of neighbours or items', () => {
    expect(() => userKnn(histories, { numItems: 6, neighbors: 0 })).toThrow('neighbors must be');
    expect(() => userKnn(histories, { numItems: 6, latest: 0 })).toThrow('latest must be');
    expect(() => userKnn(histories, { numItems: 5 })).toThrow('(3, 5) is no place of 4 x 5');
  });
});
