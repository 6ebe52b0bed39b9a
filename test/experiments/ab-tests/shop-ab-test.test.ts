import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { shopConversions } from '../../../lib/data/shop/full';
import { generateShopLog } from '../../../lib/data/shop/log';
import { powerForMeans } from '../../../lib/evaluation/ab-tests/sample-size';
import { summarise } from '../../../lib/evaluation/summary';
import {
  potentialOutcomes,
  runShopAbTest,
  shopPopulation,
} from '../../../lib/experiments/ab-tests/shop-ab-test';

const shop = generateShopLog({ users: 240, days: 28, conversions: shopConversions }, createRng(1));
const { startMs } = shop.truth.options;
const halfway = startMs + 14 * 86_400_000;
const population = shopPopulation(shop, halfway);

describe('an A/B test on the made-up shop', () => {
  it('knows of the time before what the log knows, and only that', () => {
    const [user] = population.userIds;
    const clicks = shop.truth.exposures.filter(({ userId, event, didClick }) => {
      const timeMs = shop.log.events[event]!.timeMs;
      return userId === user && didClick && timeMs !== null && timeMs >= startMs && timeMs < halfway;
    });
    expect(population.before[0]).toBe(clicks.length);
    expect(population.before.length).toBe(population.userIds.length);
    expect(() => shopPopulation(shop, startMs + 29 * 86_400_000)).toThrow(/nobody/);
  });

  it('finds the planted effect on average, and with CUPED more surely', () => {
    const outcomes = potentialOutcomes(population, 0.5, createRng(2));
    const inDraws =
      outcomes.with.reduce((sum, value, user) => sum + value - outcomes.without[user]!, 0) /
      population.userIds.length;
    expect(Math.abs(inDraws / outcomes.planted - 1)).toBeLessThan(0.15);
    const rng = createRng(3);
    const tests = Array.from({ length: 300 }, () => runShopAbTest(population, outcomes, rng));
    for (const kind of ['plain', 'adjusted'] as const) {
      const found = summarise(tests.map((test) => test[kind].difference));
      expect(Math.abs(found.mean - inDraws)).toBeLessThan(4 * (found.standardDeviation! / Math.sqrt(300)));
    }
    const errors = (kind: 'plain' | 'adjusted'): number =>
      summarise(tests.map((test) => test[kind].difference)).standardDeviation!;
    const left = summarise(tests.map(({ varianceLeft }) => varianceLeft)).mean;
    expect(left).toBeLessThan(0.8);
    expect(Math.abs((errors('adjusted') / errors('plain')) ** 2 - left)).toBeLessThan(0.15);
  });

  it('claims a difference in 5 % of A/A tests, with CUPED and without', () => {
    const rng = createRng(5);
    let [plain, adjusted] = [0, 0];
    for (let draw = 0; draw < 20; draw++) {
      const outcomes = potentialOutcomes(population, 0, rng);
      expect(outcomes.with).toEqual(outcomes.without);
      expect(outcomes.planted).toBe(0);
      for (let test = 0; test < 100; test++) {
        const found = runShopAbTest(population, outcomes, rng);
        plain += Number(found.plain.p < 0.05);
        adjusted += Number(found.adjusted.p < 0.05);
      }
    }
    // 2,000 tosses at .05 have a standard deviation of .0049
    expect(Math.abs(plain / 2000 - 0.05)).toBeLessThan(0.016);
    expect(Math.abs(adjusted / 2000 - 0.05)).toBeLessThan(0.016);
  });

  it('has the power that the formula promises', () => {
    const outcomes = potentialOutcomes(population, 0.35, createRng(6));
    const difference =
      outcomes.with.reduce((sum, value, user) => sum + value - outcomes.without[user]!, 0) /
      population.userIds.length;
    const spreads = [outcomes.without, outcomes.with].map(
      (values) => summarise(Array.from(values)).standardDeviation!,
    );
    const rng = createRng(7);
    const share = 0.4;
    let found = 0;
    for (let test = 0; test < 1500; test++)
      found += Number(runShopAbTest(population, outcomes, rng, share).plain.p < 0.05);
    const users = population.userIds.length;
    const promised = powerForMeans(
      {
        difference,
        standardDeviation: Math.hypot(spreads[0]! * Math.sqrt(share), spreads[1]! * Math.sqrt(1 - share)),
      },
      { firstCases: users * (1 - share), secondCases: users * share },
    );
    expect(Math.abs(found / 1500 - promised)).toBeLessThan(0.05);
  });
});
