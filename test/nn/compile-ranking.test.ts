import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import { embedding } from '../../lib/nn/embedding';
import { compileRanking, type RankingBatch } from '../../lib/nn/graph/compile-ranking';
import { rankBatch } from '../../lib/nn/rank-batch';

beforeAll(async () => {
  await startBackend();
});

const [N, T, V, D] = [6, 5, 200, 8];

/** Score by the dot product of the mean of a history's vectors and each item's. */
function model(): {
  table: tf.Variable<tf.Rank.R2>;
  scores: (inputs: Readonly<Record<string, tf.Tensor>>) => tf.Tensor2D;
} {
  const rng = createRng(1);
  const table = tf.variable(
    tf.tensor2d(
      Float32Array.from({ length: V * D }, () => rng.normal()),
      [V, D],
    ),
  );
  return {
    table,
    scores: ({ items_NT }) => tf.matMul(tf.mean(embedding(table, items_NT!), 1), table, false, true),
  };
}

function batch(seed: number, rows = N): RankingBatch {
  const rng = createRng(seed);
  const pick = (): number => 1 + rng.integer(V - 1);
  const histories = Array.from({ length: rows }, () => Int32Array.from({ length: T }, pick));
  return {
    inputs: {
      items_NT: tf.tensor2d(Int32Array.from(histories.flatMap((own) => [...own])), [rows, T], 'int32'),
    },
    // The third target is a repeat: it stays a candidate.
    targets: Int32Array.from({ length: rows }, (_, row) => (row === 2 ? histories[2]![0]! : pick())),
    excluded: histories,
  };
}

it('gives the ranks and lists of the eager way, batch after batch, and those of new weights after push', () => {
  const { table, scores } = model();
  const ranking = compileRanking({
    variables: [table],
    scores,
    listLength: 10,
    examples: [batch(1), batch(2), batch(3, 2)],
    mostExcluded: N * T,
  });
  const tensors = tf.memory().numTensors;
  const expectEager = (each: RankingBatch): void => {
    const scores_NV: tf.Tensor2D = tf.tidy(() => scores(each.inputs));
    expect(ranking.rank(each)).toEqual(rankBatch(scores_NV, each.targets, each.excluded, 10));
    tf.dispose([scores_NV, Object.values(each.inputs)]);
  };
  for (const seed of [4, 5]) expectEager(batch(seed));
  expectEager(batch(6, 2));

  tf.tidy(() => table.assign(tf.neg(tf.add<tf.Tensor2D>(table, 1))));
  ranking.push();
  expectEager(batch(7));
  expect(tf.memory().numTensors).toBe(tensors);
  ranking.dispose();
});

it('refuses a batch of another size, and more excluded items than announced', () => {
  const { table, scores } = model();
  const ranking = compileRanking({
    variables: [table],
    scores,
    listLength: 3,
    examples: [batch(1), batch(2)],
    mostExcluded: N * T,
  });
  expect(() => ranking.rank(batch(3, 4))).toThrow(/items_NT:int32\[6,5\].* got /);
  const crowded = { ...batch(3), excluded: Array.from({ length: N }, () => new Int32Array(T + 1).fill(3)) };
  expect(() => ranking.rank(crowded)).toThrow(/36 excluded items do not fit into 30 places/);
  ranking.dispose();
});
