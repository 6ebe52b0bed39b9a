import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { createRng, type Rng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import { compileGraph } from '../../lib/nn/graph/compile-graph';
import { standTargets, topItems } from '../../lib/nn/rank';
import { rankBatch } from '../../lib/nn/rank-batch';
import { rankScores } from '../../lib/nn/rank-scores';

beforeAll(async () => {
  await startBackend();
});

/** Pairs (row, item) of lists, without the targets, filled up. */
function pairs(excluded: readonly Int32Array[], targets: Int32Array, extra = 2): tf.Tensor2D {
  const flat = excluded.flatMap((own, row) =>
    [...own].filter((item) => item !== targets[row]).map((item) => [row, item]),
  );
  return tf.tensor2d([...flat, ...Array.from({ length: extra }, () => [0, 0])], undefined, 'int32');
}

it('counts and lists what the plain loops do, ties and exclusions included', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 2, max: 300 }),
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 50 }), // few different scores: many ties
      fc.integer({ min: 0, max: 2 ** 31 }),
      (N, V, n, levels, seed) => {
        const rng = createRng(seed);
        const scores = Float32Array.from({ length: N * V }, () => rng.integer(levels) - levels / 2);
        const targets = Int32Array.from({ length: N }, () => 1 + rng.integer(V - 1));
        const excluded = Array.from({ length: N }, () =>
          Int32Array.from({ length: rng.integer(V) }, () => 1 + rng.integer(V - 1)),
        );
        tf.tidy(() => {
          const scores_NV = tf.tensor2d(scores, [N, V]);
          const expected = standTargets(scores_NV, targets, excluded);
          const lists = topItems(scores_NV, n, excluded, { keep: targets }).items;
          const ours = rankScores(scores_NV, tf.tensor1d(targets, 'int32'), pairs(excluded, targets), n);
          expect([...ours.larger_N.dataSync()]).toEqual([...expected.larger]);
          expect([...ours.level_N.dataSync()]).toEqual([...expected.tied].map((tied) => tied + 1));
          const best = ours.best_NK.arraySync();
          for (const [row, list] of lists.entries()) {
            expect(best[row]!.slice(0, list.length)).toEqual([...list]);
          }
        });
      },
    ),
    { numRuns: 150 },
  );
});

it.each([
  ['many ties', (rng: Rng) => rng.integer(4), 20],
  ['a few', (rng: Rng) => rng.integer(800), 2], // up to 2 of 20 rows are looked at one by one
  ['hardly any', (rng: Rng) => rng.normal(), 0],
])('rankBatch gives what the loops give, with %s', (_name, score, rowsWithTies) => {
  const rng = createRng(7);
  const [N, V] = [20, 150];
  const scores_NV = tf.tensor2d(
    Float32Array.from({ length: N * V }, () => score(rng)),
    [N, V],
  );
  const targets = Int32Array.from({ length: N }, () => 1 + rng.integer(V - 1));
  const excluded = Array.from({ length: N }, () =>
    Int32Array.from({ length: rng.integer(40) }, () => 1 + rng.integer(V - 1)),
  );
  const { tied } = standTargets(scores_NV, targets, excluded);
  expect(tied.filter((count) => count > 0).length).toBe(rowsWithTies);
  for (const n of [0, 1, 20, 140]) {
    const before = tf.memory().numTensors;
    const { standing, lists } = rankBatch(scores_NV, targets, excluded, n);
    expect(tf.memory().numTensors).toBe(before);
    expect(standing).toEqual(standTargets(scores_NV, targets, excluded));
    expect(lists).toEqual(n === 0 ? [] : topItems(scores_NV, n, excluded, { keep: targets }).items);
  }
});

it('rankBatch names the row and item of a score that is not finite, and refuses what is no item', () => {
  const scores_NV = tf.tensor2d([0, 1, 2, 0, 3, NaN], [2, 3]);
  const none = [new Int32Array(0), new Int32Array(0)];
  expect(() => rankBatch(scores_NV, Int32Array.of(1, 1), none, 0)).toThrow(/row 1 scores item 2 as NaN/);
  expect(() => rankBatch(scores_NV, Int32Array.of(1, 3), none, 0)).toThrow(/target of row 1 is 3/);
});

it('shows a score that is not finite', () => {
  const scores_NV = tf.tensor2d([0, 1, 2, 0, NaN, 2, 0, Infinity, 2, 0, -Infinity, 2], [4, 3]);
  const { sum_N } = rankScores(scores_NV, tf.tensor1d([2, 2, 2, 2], 'int32'), pairs([], new Int32Array()), 1);
  expect([...sum_N.dataSync()].map(Number.isFinite)).toEqual([true, false, false, false]);
});

it('can be recorded into a graph', () => {
  const feed = (seed: number): Record<string, tf.Tensor> => {
    const rng = createRng(seed);
    return {
      scores: tf.tensor2d(
        Float32Array.from({ length: 4 * 200 }, () => rng.normal()),
        [4, 200],
      ),
      targets: tf.tensor1d(
        Int32Array.from({ length: 4 }, () => 1 + rng.integer(199)),
        'int32',
      ),
      excluded: tf.tensor2d([0, 5, 1, 7, 0, 0], [3, 2], 'int32'),
    };
  };
  const graph = compileGraph({
    variables: [],
    run: ({ scores, targets, excluded }) => ({
      ...rankScores(scores as tf.Tensor2D, targets as tf.Tensor1D, excluded as tf.Tensor2D, 10),
    }),
    examples: [feed(1), feed(2)],
  });
  expect(graph.report.largestDifference).toBeLessThan(1e-5);
  graph.dispose();
});
