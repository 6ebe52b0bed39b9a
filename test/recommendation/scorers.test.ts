import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { matrixFromRows } from '../../lib/base/matrix';
import { dotProductScorer, cosineScorer } from '../../lib/recommendation/by-encoder';
import { clusterPopularity, countItemsByCluster } from '../../lib/recommendation/by-cluster';
import { countItems, popularity } from '../../lib/recommendation/popularity';
import { rankWithScorer } from '../../lib/recommendation/rank-with-scorer';
import type { Scorer } from '../../lib/recommendation/scorer';
import { recommend } from '../../lib/recommendation/top-n';
import { startBackend } from '../../lib/nn/backend';
import { leaveOneOut } from '../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../lib/preprocessing/sequences';
import type { EventLog } from '../../lib/data/event';

beforeAll(async () => {
  await startBackend();
});

const indices = (...items: number[]) => Int32Array.from(items);

/** Each user's items in time order; the items are '1', '2', ... */
function splitOf(histories: readonly (readonly number[])[]) {
  const log: EventLog = {
    events: histories.flatMap((items, user) =>
      items.map((item) => ({
        userId: `u${user}`,
        behavior: 'browse' as const,
        itemId: String(item),
        query: null,
        timeMs: null,
        rating: null,
        row: 0,
      })),
    ),
    hasTimes: false,
    source: { name: 'toy', file: null, sha256: '', rowsRead: 0, rejected: [] },
    items: new Map(),
    users: new Map(),
  };
  return leaveOneOut(toSequences(log));
}

function scoresOf(scorer: Scorer, histories: Int32Array[]): number[][] {
  const scores = scorer.score(histories);
  const rows = scores.arraySync();
  scores.dispose();
  return rows;
}

describe('popularity', () => {
  it('counts the training part only, and short users whole', () => {
    // The last two events of the first two users are held out; the third user is too short to be evaluated.
    const split = splitOf([[1, 2, 2, 3], [2, 1, 1, 4, 4], [3, 3]]); // prettier-ignore
    expect(Array.from(countItems(split))).toEqual([0, 3, 2, 2, 0]);
  });

  it('recommends the most counted, ties by item index, without what was seen', () => {
    const scorer = popularity(Float32Array.from([0, 1, 5, 5, 2]));
    const histories = [indices(), indices(2), indices(1, 2, 3, 4)];
    const { items, scores } = recommend(scorer, histories, { n: 3, excludeSeen: true, batchSize: 2 });
    expect(items.map((list) => Array.from(list))).toEqual([[2, 3, 4], [3, 4, 1], []]);
    expect(Array.from(scores[0]!)).toEqual([5, 5, 2]);
    const seen = recommend(scorer, histories, { n: 1, excludeSeen: false }).items;
    expect(seen.map((list) => list[0])).toEqual([2, 2, 2]);
  });

  it('refuses no items and impossible counts', () => {
    expect(() => popularity(new Float32Array(1))).toThrow('there are no items');
    expect(() => popularity(Float32Array.from([0, NaN]))).toThrow('item 1 has the count NaN');
  });
});

describe('scorers by encoder', () => {
  const itemVectors = () => tf.tensor2d([[0, 0], [3, 0], [1, 1], [0, -2], [0, 0]]); // prettier-ignore
  const encode = (histories: readonly Int32Array[]) =>
    tf.tensor2d(histories.map((items) => [items[0]!, items[1]!]));

  it('give the dot product, and the cosine of the angle', () => {
    const itemVectors_VD = itemVectors();
    const config = { name: 'toy', encode, itemVectors_VD };
    const before = tf.memory().numTensors;
    expect(scoresOf(dotProductScorer(config), [indices(2, 1)])).toEqual([[0, 6, 3, -2, 0]]);
    const [cosines] = scoresOf(cosineScorer(config), [indices(1, 1)]);
    const half = Math.SQRT1_2;
    [0, half, 1, -half, 0].forEach((value, item) => expect(cosines![item]).toBeCloseTo(value, 6));
    expect(tf.memory().numTensors).toBe(before);
    itemVectors_VD.dispose();
  });

  it('keep cosines of very short and very long vectors', () => {
    const itemVectors_VD = tf.tensor2d([[0, 0], [1e-30, 1e-30], [1e30, 0]]); // prettier-ignore
    const config = { name: 'toy', encode: () => tf.tensor2d([[1e-25, 1e-25]]), itemVectors_VD };
    const [cosines] = scoresOf(cosineScorer(config), [indices(1)]);
    expect(cosines![1]).toBeCloseTo(1, 5);
    expect(cosines![2]).toBeCloseTo(Math.SQRT1_2, 5);
    itemVectors_VD.dispose();
  });

  it('on unit vectors, order items as the Euclidean distance does', () => {
    const angles = [0, 0.3, 1.1, 2.5, 4, 5.5];
    const itemVectors_VD = tf.tensor2d(angles.map((angle) => [Math.cos(angle), Math.sin(angle)]));
    const user = [Math.cos(1), Math.sin(1)];
    const scorer = cosineScorer({ name: 'toy', encode: () => tf.tensor2d([user]), itemVectors_VD });
    const byDistance = [1, 2, 3, 4, 5].sort(
      (a, b) =>
        Math.hypot(Math.cos(angles[a]!) - user[0]!, Math.sin(angles[a]!) - user[1]!) -
        Math.hypot(Math.cos(angles[b]!) - user[0]!, Math.sin(angles[b]!) - user[1]!),
    );
    expect(Array.from(recommend(scorer, [indices()], { n: 5, excludeSeen: true }).items[0]!)).toEqual(
      byDistance,
    );
    itemVectors_VD.dispose();
  });

  it('refuse user vectors of another width', () => {
    const itemVectors_VD = itemVectors();
    const scorer = dotProductScorer({ name: 'toy', encode: () => tf.zeros([1, 3]), itemVectors_VD });
    expect(() => scorer.score([indices(1)])).toThrow('toy: user vectors should be [1, 2], got [1, 3]');
    itemVectors_VD.dispose();
  });
});

describe('popular in cluster', () => {
  it('counts by cluster, over training parts', () => {
    const split = splitOf([[1, 1, 2, 3], [2, 3, 1], [3, 3, 3, 1]]); // prettier-ignore
    const counts = countItemsByCluster(split, indices(0, 1, -1), 2);
    expect(Array.from(counts.values)).toEqual([0, 2, 0, 0, 0, 0, 1, 0]);
    expect(() => countItemsByCluster(split, indices(0, 2, 0), 2)).toThrow('row 1 has the label 2');
    expect(() => countItemsByCluster(split, indices(0), 2)).toThrow('3 users and 1 labels');
  });

  it("recommends the own cluster's favourites first, then what everybody likes", () => {
    const counts_CV = matrixFromRows([[0, 0, 2, 1, 0, 0], [0, 4, 0, 0, 0, 9]]); // prettier-ignore
    const scorer = clusterPopularity({
      counts_CV,
      assign: (histories) => Int32Array.from(histories, (h) => h[0]! - 1),
    });
    const lists = recommend(scorer, [indices(1), indices(2)], { n: 5, excludeSeen: false }).items;
    expect(lists.map((list) => Array.from(list))).toEqual([[2, 3, 5, 1, 4], [5, 1, 2, 3, 4]]); // prettier-ignore
    expect(() => scorer.score([indices(3)])).toThrow('row 0 got the label 2');
  });
});

describe('rankWithScorer', () => {
  const scorer = popularity(Float32Array.from([0, 1, 5, 5, 2]));
  const question = { histories: [indices(2), indices(3, 4), indices(1)], targets: indices(3, 3, 1) };

  it('gives ranks, lists that agree with them, ties and repeats, whatever the size of the batch', () => {
    for (const batchSize of [1, 2, 100]) {
      const ranked = rankWithScorer(scorer, question, { seenItems: 'excluded', listLength: 2, batchSize });
      expect(Array.from(ranked.ranks)).toEqual([1, 2, 4]);
      expect(ranked.lists.map((list) => Array.from(list))).toEqual([[3, 4], [2, 3], [2, 3]]); // prettier-ignore
      expect(ranked.tiedShare).toBeCloseTo(1 / 3, 12);
      expect(ranked.repeatShare).toBeCloseTo(2 / 3, 12);
    }
  });

  it('follows the seen-item rule and the tie rule', () => {
    expect(Array.from(rankWithScorer(scorer, question, { seenItems: 'included' }).ranks)).toEqual([2, 2, 4]);
    const averaged = rankWithScorer(scorer, question, { seenItems: 'included', ties: 'averaged' });
    expect(Array.from(averaged.ranks)).toEqual([1.5, 1.5, 4]);
  });

  it('refuses no users, and disposes the scores also when ranking fails', () => {
    expect(() =>
      rankWithScorer(scorer, { histories: [], targets: indices() }, { seenItems: 'included' }),
    ).toThrow('0 histories');
    const broken: Scorer = { name: 'broken', numItems: 3, score: () => tf.tensor2d([[0, NaN, 1]]) };
    const before = tf.memory().numTensors;
    expect(() =>
      rankWithScorer(broken, { histories: [indices()], targets: indices(2) }, { seenItems: 'included' }),
    ).toThrow('scores item 1 as NaN');
    expect(() => recommend(broken, [indices()], { n: 1, excludeSeen: true })).toThrow('scores item 1 as NaN');
    expect(tf.memory().numTensors).toBe(before);
  });
});
