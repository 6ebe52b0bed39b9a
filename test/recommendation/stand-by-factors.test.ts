import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import { cosineScorer, dotProductScorer } from '../../lib/recommendation/by-encoder';
import { fewScores } from '../../lib/recommendation/factor-vectors';
import { rankWithScorer } from '../../lib/recommendation/rank-with-scorer';
import type { Scorer } from '../../lib/recommendation/scorer';
import { standByFactors } from '../../lib/recommendation/stand-by-factors';
import { scorerOfVectors } from './scorer-of-vectors';

beforeAll(async () => {
  await startBackend();
});

const [V, D] = [12_101, 64];
const N = Math.ceil(fewScores / V) + 37;

interface Drawn {
  readonly users: Float32Array;
  readonly items: Float32Array;
  readonly histories: Int32Array[];
  readonly targets: Int32Array;
}

function draw(seed: number): Drawn {
  const rng = createRng(seed);
  const normal = (length: number): Float32Array => Float32Array.from({ length }, () => rng.normal());
  const pick = (): number => 1 + rng.integer(V - 1);
  const targets = Int32Array.from({ length: N }, pick);
  // Repeats, padding and the target itself are among them; every fifth user has none.
  const histories = Array.from(targets, (target, user) =>
    user % 5 === 0
      ? new Int32Array(0)
      : Int32Array.of(0, pick(), target, ...[1, 1].map(pick), user % 7, 3, 3),
  );
  return { users: normal(N * D), items: normal(V * D), histories, targets };
}

const excluded = { seenItems: 'excluded' } as const;

describe('a ranking by factors', () => {
  it.each([
    ['dot products', dotProductScorer],
    ['cosines', cosineScorer],
  ])('is that of the scores, for %s', (_, make) => {
    const drawn = draw(1);
    const { scorer, plain } = scorerOfVectors(drawn, D, make);
    const quick = rankWithScorer(scorer, drawn, excluded);
    expect(quick.standing).toEqual(rankWithScorer(plain, drawn, excluded).standing);
    const standing = { larger: new Int32Array(N), tied: new Int32Array(N), tiedBefore: new Int32Array(N) };
    const question = { ...drawn, excluded: drawn.histories, batchSize: 256 };
    const left = [...standByFactors(scorer, question, standing)];
    // Of 8,301 targets a few tie with one of 12,100 other items by chance; no other user is left to the scores.
    expect(left).toEqual([...quick.standing.tied.keys()].filter((user) => quick.standing.tied[user]! > 0));
    expect(left.length).toBeLessThan(10);
  });

  it('leaves to the scores the users whose target ties, and holds no tensor', () => {
    const drawn = draw(2);
    // Whole numbers: no order of summation changes a score. Item 8 is item 7 once more; a third user has no direction.
    for (const vectors of [drawn.users, drawn.items])
      vectors.forEach((x, at) => (vectors[at] = Math.round(4 * x)));
    drawn.items.copyWithin(8 * D, 7 * D, 8 * D);
    drawn.targets[11] = 8;
    drawn.targets[12] = 7;
    drawn.users.fill(0, 13 * D, 14 * D);
    const { scorer, plain } = scorerOfVectors(drawn, D);
    const tensors = tf.memory().numTensors;
    const quick = rankWithScorer(scorer, drawn, excluded);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(quick.standing).toEqual(rankWithScorer(plain, drawn, excluded).standing);
    expect(quick.standing.tied[11]).toBeGreaterThan(0);
    expect(quick.standing.tied[13]).toBeGreaterThan(V - 10);
  });

  it.each([
    ['no number', Number.NaN],
    ['infinite', Infinity],
    ['so large that a score may overflow', 1e30],
  ])('says as ever what is wrong with a vector that is %s', (_, value) => {
    const drawn = draw(3);
    drawn.items.fill(value, 5 * D, 6 * D);
    if (value === 1e30) drawn.users[20 * D] = 1e30;
    const { scorer, plain } = scorerOfVectors(drawn, D);
    const refusal = (of: Scorer): string => {
      try {
        rankWithScorer(of, drawn, excluded);
        return 'none';
      } catch (error) {
        return (error as Error).message.replace(/as \S+;/, '');
      }
    };
    expect(refusal(scorer)).toMatch(/every candidate needs a finite score/);
    expect(refusal(scorer)).toBe(refusal(plain));
  });

  it('refuses a target that is no item as the scores do', () => {
    const drawn = draw(4);
    drawn.targets[N - 1] = V;
    expect(() => rankWithScorer(scorerOfVectors(drawn, D).scorer, drawn, excluded)).toThrow(
      /items are 1 to 12100/,
    );
  });
});
