import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import { fewScores } from '../../lib/recommendation/factor-vectors';
import { topByFactors } from '../../lib/recommendation/top-by-factors';
import { recommend } from '../../lib/recommendation/top-n';
import { scorerOfVectors } from './scorer-of-vectors';

beforeAll(async () => {
  await startBackend();
});

const [V, D] = [12_101, 16];
const N = Math.ceil(fewScores / V) + 37;

/** Scores of given vectors by both ways; whole numbers make many ties, and no order of summation changes a score. */
function draw(areWhole: boolean, change: (users: Float32Array, items: Float32Array) => void = () => {}) {
  const rng = createRng(1);
  const normal = (length: number): Float32Array =>
    Float32Array.from({ length }, () => (areWhole ? Math.round(2 * rng.normal()) : rng.normal()));
  const [users, items] = [normal(N * D), normal(V * D)];
  change(users, items);
  const histories = Array.from({ length: N }, (_, user) =>
    user % 5 === 0 ? new Int32Array(0) : Int32Array.from({ length: 1 + (user % 9) }, () => rng.integer(V)),
  );
  return { ...scorerOfVectors({ users, items, histories }, D), histories };
}

it.each([
  ['with many ties', true],
  ['with scores that all differ', false],
])('lists what is listed from the scores, %s', (_, areWhole) => {
  const { scorer, plain, histories } = draw(areWhole);
  const options = { n: 20, excludeSeen: true };
  const tensors = tf.memory().numTensors;
  const quick = recommend(scorer, histories, options);
  expect(tf.memory().numTensors).toBe(tensors);
  const slow = recommend(plain, histories, options);
  expect(quick.items).toEqual(slow.items);
  for (const user of [0, 1, 1023, 1024, N - 1])
    for (const [at, score] of slow.scores[user]!.entries())
      expect(quick.scores[user]![at]).toBeCloseTo(score, 4);
});

it('lists fewer where nearly everything is excluded, and nothing where everything is', () => {
  const { scorer, plain, histories } = draw(true);
  const all = Int32Array.from({ length: V - 1 }, (_, at) => at + 1);
  const own = histories.map((history, user) => (user === 3 ? all : user === 4 ? all.slice(0, -5) : history));
  const lists = topByFactors(scorer, { histories, batchSize: 256 }, own, 20)!;
  expect(lists.items[3]).toHaveLength(0);
  expect([...lists.items[4]!].sort()).toEqual([...all.slice(-5)]);
  expect(lists.items[5]).toEqual(recommend(plain, [histories[5]!], { n: 20, excludeSeen: true }).items[0]);
});

it('leaves to the scores what may overflow, a few scores, and what is no dot product', () => {
  const users = { batchSize: 256 };
  const large = draw(false, (_, items) => items.fill(1e30, 5 * D, 6 * D));
  expect(
    topByFactors(large.scorer, { ...users, histories: large.histories }, large.histories, 20),
  ).toBeNull();
  const { scorer, plain, histories } = draw(false);
  expect(topByFactors(plain, { ...users, histories }, histories, 20)).toBeNull();
  const few = histories.slice(0, 100);
  expect(topByFactors(scorer, { ...users, histories: few }, few, 20)).toBeNull();
});
