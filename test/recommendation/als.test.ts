import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { matrixFromRows as toMatrix, toRows } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import { sparseRows } from '../../lib/base/sparse-rows';
import { startBackend } from '../../lib/nn/backend';
import { als, byFactors, type Factors } from '../../lib/recommendation/als';

beforeAll(async () => {
  await startBackend();
});

const [numUsers, numItems] = [30, 20];
/** Users and items of two kinds; almost everything is used by its own kind. Item 0 is used by nobody. */
const drawn = (() => {
  const rng = createRng(3);
  const cells: [number, number, number][] = [];
  for (let user = 0; user < numUsers; user++)
    for (let item = 1; item < numItems; item++)
      if (rng.next() < (user % 2 === item % 2 ? 0.6 : 0.02)) cells.push([user, item, 1 + rng.integer(3)]);
  return cells;
})();
const matrix = sparseRows(
  [numUsers, numItems],
  drawn.map(([user]) => user),
  drawn.map(([, item]) => item),
  drawn.map(([, , value]) => value),
);
const [alpha, l2] = [5, 0.1];

/** What is minimised, over all pairs. */
function loss({ users, items }: Factors): number {
  const [x, y] = [toRows(users), toRows(items)];
  const value = new Map(drawn.map(([user, item, times]) => [user * numItems + item, times]));
  let sum = 0;
  for (const [user, own] of x.entries()) {
    for (const [item, other] of y.entries()) {
      const times = value.get(user * numItems + item) ?? 0;
      const product = own.reduce((total, number, d) => total + number * other[d]!, 0);
      sum += (1 + alpha * times) * ((times > 0 ? 1 : 0) - product) ** 2;
    }
  }
  const squares = (rows: number[][]): number => rows.flat().reduce((total, number) => total + number ** 2, 0);
  return sum + l2 * (squares(x) + squares(y));
}

const run = (options = {}): Promise<Factors> =>
  als(matrix, { numFactors: 4, alpha, l2, rng: createRng(1), ...options });

describe('alternating least squares', () => {
  it('comes down with every pass, to where no vector of an item can do better', async () => {
    const losses: number[] = [];
    for (const iterations of [1, 2, 4, 8, 30]) losses.push(loss(await run({ iterations, solverSteps: 4 })));
    for (const [at, value] of losses.entries())
      if (at > 0) expect(value).toBeLessThanOrEqual(losses[at - 1]! + 1e-3);
    const found = await run({ iterations: 30, solverSteps: 4 });
    // Items were solved last: their slopes are 0.
    const at = (item: number, d: number, by: number): number => {
      const values = Float32Array.from(found.items.values);
      values[item * 4 + d]! += by;
      return loss({ ...found, items: { ...found.items, values } });
    };
    for (const [item, d] of [
      [1, 0],
      [7, 3],
      [19, 2],
    ] as const)
      expect(Math.abs(at(item, d, 0.01) - at(item, d, -0.01)) / 0.02).toBeLessThan(0.02);
  });

  it('finds planted kinds: everybody is offered what their own kind uses', async () => {
    const { items } = await run({ numFactors: 2, solverSteps: 2 });
    const histories = [Int32Array.of(2, 4), Int32Array.of(3, 5, 7), new Int32Array(0)];
    const scores = byFactors('ALS', items, { alpha, l2 }).score(histories).arraySync();
    const kind = (user: number, parity: number): number[] =>
      scores[user]!.filter((_, item) => item > 0 && item % 2 === parity);
    expect(Math.min(...kind(0, 0))).toBeGreaterThan(Math.max(...kind(0, 1)));
    expect(Math.min(...kind(1, 1))).toBeGreaterThan(Math.max(...kind(1, 0)));
    expect(scores[2]!.every((score) => score === 0)).toBe(true);
  });

  it('solves the same vectors for a history as for a user of the matrix', async () => {
    const ones = sparseRows(
      [numUsers, numItems],
      drawn.map(([user]) => user),
      drawn.map(([, item]) => item),
      drawn.map(() => 1),
    );
    const options = { numFactors: 4, alpha, l2, solverSteps: 4, rng: createRng(1), iterations: 60 };
    const { users, items } = await als(ones, options);
    const histories = Array.from({ length: numUsers }, (_, user) =>
      Int32Array.from(drawn.filter(([own]) => own === user).map(([, item]) => item)),
    );
    const scores = byFactors('ALS', items, { alpha, l2 }).score(histories);
    const known = tf.matMul(
      tf.tensor2d(users.values, [numUsers, 4]),
      tf.tensor2d(items.values, [numItems, 4]),
      false,
      true,
    );
    expect(tf.max(tf.abs(tf.sub(scores, known))).dataSync()[0]).toBeLessThan(0.02);
  });

  it('gives the same for the same seed, tells of its progress, and stops when told', async () => {
    expect(await run({ iterations: 2 })).toEqual(await run({ iterations: 2 }));
    const done: number[] = [];
    const stop = new AbortController();
    const onIteration = (iteration: number): void => {
      done.push(iteration);
      if (iteration === 2) stop.abort();
    };
    const stopped = await run({ iterations: 9, onIteration, signal: stop.signal });
    expect(done).toEqual([1, 2]);
    expect(stopped).toEqual(await run({ iterations: 2 }));
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const { items } = await run({ iterations: 2 });
    byFactors('ALS', items)
      .score([Int32Array.of(1)])
      .dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses what makes no sense', async () => {
    await expect(run({ numFactors: 0 })).rejects.toThrow('numFactors must be a whole number from 1, got 0');
    await expect(run({ alpha: -1 })).rejects.toThrow('als: alpha must be 0 or more and finite, got -1');
    await expect(run({ alpha: Infinity })).rejects.toThrow('als: alpha must be 0 or more and finite');
    await expect(run({ alpha: 1e25 })).rejects.toThrow('overflow float32');
    await expect(run({ l2: 0 })).rejects.toThrow('als: l2 must be above 0 and finite, got 0');
    for (const solverSteps of [0, 2.5, NaN, Infinity]) {
      const problem = `solverSteps must be a whole number from 1, got ${solverSteps}`;
      await expect(run({ solverSteps })).rejects.toThrow(`als: ${problem}`);
      expect(() => byFactors('ALS', toMatrix([[1]]), { solverSteps })).toThrow(`byFactors: ${problem}`);
    }
    const bad = { ...matrix, values: matrix.values.map(() => -1) };
    await expect(als(bad, { numFactors: 2, rng: createRng(1) })).rejects.toThrow(
      'als: value 0 must be above 0 and finite, got -1',
    );
  });
});
