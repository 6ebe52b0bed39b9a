import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { sparseRows, type SparseRows } from '../../lib/base/sparse-rows';
import { loadMovieLens100k } from '../../lib/data/movielens';
import { auroc } from '../../lib/evaluation/auroc';
import { startBackend } from '../../lib/nn/backend';
import { byLightFm } from '../../lib/recommendation/lightfm/by-lightfm';
import { lightFmLosses, type LightFmLoss } from '../../lib/recommendation/lightfm/learner';
import {
  lightFm,
  lightFmScores,
  ownFeatures,
  type LightFm,
  type LightFmFeatures,
  type LightFmOptions,
} from '../../lib/recommendation/lightfm/lightfm';
import { ratingsOf } from '../../lib/recommendation/ratings/ratings';

beforeAll(async () => {
  await startBackend();
});

const own = (byUser: SparseRows): LightFmFeatures => ({
  users: ownFeatures(byUser.offsets.length - 1),
  items: ownFeatures(byUser.numColumns),
});
const learn = (
  byUser: SparseRows,
  options: Partial<LightFmOptions> & { loss: LightFmLoss },
  features = own(byUser),
) => lightFm(byUser, features, { rng: createRng(1), ...options });
const numbersOf = ({ userVectors, userBiases, itemVectors, itemBiases }: LightFm): number[][] =>
  [userVectors.values, userBiases, itemVectors.values, itemBiases].map((values) => [...values]);

describe('one step', () => {
  // One user, one number each: the formula by hand.
  const liked = sparseRows([1, 2], [0], [0], [1]);

  it('of the logistic loss goes against its gradient', async () => {
    const disliked = sparseRows([1, 1], [0], [0], [-2]);
    const before = await learn(disliked, { loss: 'logistic', numFactors: 1, epochs: 0 });
    const losses: number[] = [];
    const after = await learn(disliked, {
      loss: 'logistic',
      numFactors: 1,
      epochs: 1,
      learningRate: 0.1,
      onEpoch: (_done, _epochs, loss) => losses.push(loss),
    });
    const [[u], , [i]] = numbersOf(before) as [[number], [number], [number]];
    const slope = 2 / (1 + Math.exp(-u * i));
    const expected = [u - 0.1 * slope * i, -0.1 * slope, i - 0.1 * slope * u, -0.1 * slope];
    for (const [at, value] of numbersOf(after).flat().entries()) expect(value).toBeCloseTo(expected[at]!, 6);
    expect(losses[0]).toBeCloseTo(2 * Math.log1p(Math.exp(u * i)), 10);
  });

  it.each([
    ['bpr', (margin: number) => 1 / (1 + Math.exp(margin))],
    // Of one other item the place says nothing: the logarithm of 1.
    ['warp', () => 0],
  ] as const)('of %s moves the pair apart by its slope', async (loss, slopeAt) => {
    const before = await learn(liked, { loss, numFactors: 1, epochs: 0 });
    const after = await learn(liked, { loss, numFactors: 1, epochs: 1, learningRate: 0.1, mostDraws: 50 });
    const [[u], , [i, j]] = numbersOf(before) as [[number], [number], [number, number]];
    const slope = slopeAt(u * i - u * j);
    const expected = [
      u - 0.1 * slope * (j - i),
      0,
      i + 0.1 * slope * u,
      j - 0.1 * slope * u,
      0.1 * slope,
      -0.1 * slope,
    ];
    for (const [at, value] of numbersOf(after).flat().entries()) expect(value).toBeCloseTo(expected[at]!, 6);
  });

  it('is shared out among the features of a row, by their values', async () => {
    const byUser = sparseRows([1, 1], [0], [0], [1]);
    const features = { users: ownFeatures(1), items: sparseRows([1, 3], [0, 0], [0, 2], [1, 0.5]) };
    const after = await learn(byUser, { loss: 'logistic', numFactors: 2, epochs: 1 }, features);
    const [first, unused, half] = [...after.itemBiases];
    expect(unused).toBe(0);
    expect(half! / first!).toBeCloseTo(0.5, 6);
  });
});

describe('features', () => {
  it('tell what a new item is: of the kind that a user likes, it stands above others', async () => {
    // 40 users of two tastes, 30 items of two kinds; items 0 and 1, one of each kind, were used by nobody.
    const rng = createRng(7);
    const [users, items]: [number[], number[]] = [[], []];
    for (let user = 0; user < 40; user++) {
      for (let item = 2; item < 30; item++) {
        if (rng.next() < (item % 2 === user % 2 ? 0.5 : 0.03)) {
          users.push(user);
          items.push(item);
        }
      }
    }
    const byUser = sparseRows([40, 30], users, items, new Float64Array(users.length).fill(1));
    const kinds = sparseRows(
      [30, 32],
      Array.from({ length: 60 }, (_, at) => at >> 1),
      Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? at >> 1 : 30 + ((at >> 1) % 2))),
      new Float64Array(60).fill(1),
    );
    const share = async (features: LightFmFeatures): Promise<number> => {
      const model = await learn(byUser, { loss: 'warp', numFactors: 8 }, features);
      const everyone = Array.from({ length: 40 }, (_, user) => user);
      const like = lightFmScores(
        model,
        everyone,
        everyone.map((user) => user % 2),
      );
      const unlike = lightFmScores(
        model,
        everyone,
        everyone.map((user) => 1 - (user % 2)),
      );
      return everyone.filter((user) => like[user]! > unlike[user]!).length / 40;
    };
    expect(await share({ users: ownFeatures(40), items: kinds })).toBeGreaterThan(0.9);
    expect(await share({ users: ownFeatures(40), items: ownFeatures(30) })).toBeLessThan(0.8);
  });
});

describe('a user who was not there', () => {
  const byUser = sparseRows([2, 5], [0, 0, 1, 1], [1, 2, 3, 4], [1, 1, 1, 1]);

  it.each(lightFmLosses)('gets a vector from her history, whatever else is asked: %s', async (loss) => {
    const model = await learn(byUser, { loss, epochs: 60 });
    const scorer = byLightFm('LightFM', model);
    const rowsOf = (...histories: number[][]): number[][] =>
      scorer.score(histories.map((items) => Int32Array.from(items))).arraySync();
    const [alone, nobody, both] = [rowsOf([1]), rowsOf([]), rowsOf([3, 4], [1])];
    expect(both[1]).toEqual(alone[0]);
    for (const [item, bias] of model.itemBiases.entries()) expect(nobody[0]![item]).toBeCloseTo(bias, 6);
    const otherwise = byLightFm('LightFM', model, { seed: 2 })
      .score([Int32Array.of(1, 3)])
      .arraySync();
    expect(otherwise).not.toEqual(rowsOf([1, 3]));
    if (loss === 'logistic') return; // it saw liked items alone, and likes all
    expect(alone[0]![2]! - nobody[0]![2]!).toBeGreaterThan(alone[0]![3]! - nobody[0]![3]!);
  });
});

describe('MovieLens-100K', () => {
  /** Liked: 4 stars and more. Ten random ratings of each user are the test, as in the files that LightFM's own tests read. */
  const divided = async (): Promise<{
    train: SparseRows;
    test: { users: number[]; items: number[]; liked: number[] };
  }> => {
    const { byUser } = ratingsOf(await loadMovieLens100k());
    const rng = createRng(1);
    const test = { users: [] as number[], items: [] as number[], liked: [] as number[] };
    const kept = { users: [] as number[], items: [] as number[], values: [] as number[] };
    for (let user = 0; user < byUser.offsets.length - 1; user++) {
      const [from, to] = [byUser.offsets[user]!, byUser.offsets[user + 1]!];
      const order = rng.shuffle(Array.from({ length: to - from }, (_, at) => from + at));
      for (const [place, entry] of order.entries()) {
        const isLiked = byUser.values[entry]! >= 4;
        const into = place < 10 ? test : kept;
        into.users.push(user);
        into.items.push(byUser.columns[entry]!);
        if (into === test) test.liked.push(Number(isLiked));
        else kept.values.push(isLiked ? 1 : -1);
      }
    }
    return {
      train: sparseRows([byUser.offsets.length - 1, byUser.numColumns], kept.users, kept.items, kept.values),
      test,
    };
  };

  it("is told as well as LightFM's own tests ask", async () => {
    const { train, test } = await divided();
    // lightfm 1.17, tests/test_movielens.py: 10 factors, 10 epochs, learning rate .05; asked are a logistic AUC above .76 over the labels
    // of the test, and a mean AUC of each user's liked items among all above .90 for WARP.
    const logistic = await learn(train, { loss: 'logistic', epochs: 10 });
    const area = auroc(lightFmScores(logistic, test.users, test.items), test.liked);
    const warp = await learn(train, { loss: 'warp', epochs: 10 });
    const numItems = train.numColumns;
    const everything = Array.from({ length: numItems }, (_, item) => item);
    const areas: number[] = [];
    for (let user = 0; user < train.offsets.length - 1; user++) {
      const liked = new Int8Array(numItems);
      for (const [at, who] of test.users.entries())
        if (who === user) liked[test.items[at]!] = test.liked[at]!;
      if (liked.includes(1))
        areas.push(auroc(lightFmScores(warp, new Array<number>(numItems).fill(user), everything), liked));
    }
    const mean = areas.reduce((sum, value) => sum + value, 0) / areas.length;
    expect(area).toBeGreaterThan(0.76);
    expect(mean).toBeGreaterThan(0.9);
  });

  it('gives the same model twice, another with another seed', async () => {
    const { train } = await divided();
    const [one, two, other] = [
      await learn(train, { loss: 'bpr', epochs: 1 }),
      await learn(train, { loss: 'bpr', epochs: 1 }),
      await learn(train, { loss: 'bpr', epochs: 1, rng: createRng(2) }),
    ];
    expect(numbersOf(two)).toEqual(numbersOf(one));
    expect(numbersOf(other)).not.toEqual(numbersOf(one));
  });
});

describe('what cannot be', () => {
  const byUser = sparseRows([2, 2], [0, 1], [0, 1], [1, 1]);
  const refused = (options: Partial<LightFmOptions>, data = byUser, features = own(data)) =>
    expect(learn(data, { loss: 'warp', ...options }, features)).rejects;

  it('is refused', async () => {
    await refused({ numFactors: 0 }).toThrow('numFactors must be a whole number from 1');
    await refused({ epochs: -1 }).toThrow('epochs must be a whole number from 0');
    await refused({ mostDraws: 1.5 }).toThrow('mostDraws must be a whole number');
    await refused({ learningRate: 0 }).toThrow('learningRate must be above 0');
    await refused({}, byUser, { users: ownFeatures(3), items: ownFeatures(2) }).toThrow(
      'features of 3 users',
    );
    await refused({}, byUser, {
      users: sparseRows([2, 1], [0], [0], [NaN]),
      items: ownFeatures(2),
    }).toThrow('a feature of users is not finite');
    await refused({}, sparseRows([2, 2], [0], [0], [0])).toThrow('an interaction is 0');
    await refused({}, sparseRows([2, 2], [0], [0], [-1])).toThrow('there is nothing to learn from');
    expect(() => lightFmScores({} as LightFm, [1], [])).toThrow('1 users, 0 items');
  });

  it('stops when asked to', async () => {
    const stop = new AbortController();
    let done = 0;
    await learn(byUser, {
      loss: 'warp',
      epochs: 50,
      signal: stop.signal,
      onEpoch: (epoch) => {
        done = epoch;
        if (epoch === 2) stop.abort();
      },
    });
    expect(done).toBe(2);
  });
});
