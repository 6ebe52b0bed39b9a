import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { movieLens100kFolder } from '../../lib/data/movielens';
import { readLog } from '../../lib/data/read-log';
import { hitRate } from '../../lib/evaluation/hit-rate';
import { evaluateRanking } from '../../lib/experiments/evaluate-ranking';
import { startBackend } from '../../lib/nn/backend';
import { leaveOneOut } from '../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../lib/preprocessing/sequences';
import { trainPart } from '../../lib/preprocessing/splits/split-sequences';
import { itemKnn } from '../../lib/recommendation/item-knn';

beforeAll(async () => {
  await startBackend();
});

/** Item 1 has users 0, 1; item 2 users 0, 1, 2; item 3 users 2; item 4 nobody. */
const histories = [
  [1, 2, 1],
  [2, 1],
  [3, 2],
].map((items) => Int32Array.from(items));
const scoresOf = (history: number[], options = {}): number[] =>
  Array.from(
    itemKnn(histories, { numItems: 5, ...options })
      .score([Int32Array.from(history)])
      .dataSync(),
  );
const [cosine12, cosine23] = [2 / Math.sqrt(2 * 3), 1 / Math.sqrt(3)];
const expectScores = (found: number[], wanted: number[]): void => {
  for (const [item, score] of wanted.entries()) expect(found[item]).toBeCloseTo(score, 6);
};

describe('item-kNN', () => {
  it('sums the cosines to the items of the history; how often one was used does not count', () => {
    expectScores(scoresOf([1]), [0, 0, cosine12, 0, 0]);
    expectScores(scoresOf([1, 3]), [0, 0, cosine12 + cosine23, 0, 0]);
    expectScores(scoresOf([2]), [0, cosine12, 0, cosine23, 0]);
    expectScores(scoresOf([]), [0, 0, 0, 0, 0]);
  });

  it('lets only the latest items speak, and each as loud as it is told', () => {
    expectScores(scoresOf([1, 3], { latest: 1 }), [0, 0, cosine23, 0, 0]);
    const weightAt = (distance: number): number => 1 / distance;
    expectScores(scoresOf([1, 3], { weightAt }), [0, 0, cosine12 / 2 + cosine23, 0, 0]);
  });

  it('keeps only the nearest', () => {
    expectScores(scoresOf([2], { neighbors: 1 }), [0, cosine12, 0, 0, 0]);
  });

  it('refuses what is no number of neighbours or items', () => {
    expect(() => itemKnn(histories, { numItems: 5, neighbors: 0 })).toThrow('neighbors must be');
    expect(() => itemKnn(histories, { numItems: 5, latest: 1.5 })).toThrow('latest must be');
    expect(() => itemKnn(histories, { numItems: 3 })).toThrow('(2, 3) is no place of 3 x 3');
  });

  const film = join(movieLens100kFolder(), 'ml-100k.inter');
  it.skipIf(!existsSync(film))('is worth on MovieLens-100K what it is worth elsewhere', async () => {
    // HR@10 .1644, NDCG@10 .0891 by the same protocol with the last 5 items (another implementation; its number of neighbours is not known).
    const split = leaveOneOut(toSequences(await readLog(film, { format: 'recbole' })));
    const numItems = split.sequences.vocabulary.itemIds.length;
    const learned = split.sequences.userIds.map((_, user) => trainPart(split, user));
    const scorer = itemKnn(learned, { numItems, neighbors: 200, latest: 5 });
    const { ranks, ndcg10 } = evaluateRanking(scorer, split, 'test');
    expect(Math.abs(hitRate(ranks, 10) - 0.1644)).toBeLessThan(0.01);
    expect(Math.abs(ndcg10 - 0.0891)).toBeLessThan(0.005);
  });
});
