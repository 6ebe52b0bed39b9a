import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { clusteredMeanInterval } from '../../lib/evaluation/clustered-mean';
import { meanInterval } from '../../lib/evaluation/mean-interval';

describe('the interval of a mean over users with several events', () => {
  it('is that of statsmodels with errors clustered by user', () => {
    // statsmodels 0.15.0: OLS(y, ones(9)).fit(cov_type='cluster', cov_kwds={'groups': g, 'df_correction': True});
    // params 0.47777778, bse 0.04692982, params -+ 1.959963984540054 bse = 0.3857970173469019, 0.5697585382086535.
    const values = [0.2, 0.9, 0.4, 0.4, 1, 0, 0.7, 0.6, 0.1];
    const interval = clusteredMeanInterval(values, [1, 1, 2, 3, 3, 3, 4, 5, 5])!;
    expect(interval.mean).toBeCloseTo(4.3 / 9, 14);
    expect(interval.low).toBeCloseTo(0.3857970173469019, 12);
    expect(interval.high).toBeCloseTo(0.5697585382086535, 12);
  });

  it('is that of a mean where each user has one event', () => {
    const values = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(values, (own) => {
        const expected = meanInterval(own);
        fc.pre(expected.high - expected.low > 1e-6);
        for (const found of [clusteredMeanInterval(own), clusteredMeanInterval(own, [...own.keys()])]) {
          expect(found!.mean).toBeCloseTo(expected.mean, 10);
          expect(found!.low).toBeCloseTo(expected.low, 8);
          expect(found!.high).toBeCloseTo(expected.high, 8);
        }
      }),
    );
  });

  it('does not get narrower by copies of the same events', () => {
    const values = [0, 1, 0.5, 0.25];
    const once = clusteredMeanInterval(values)!;
    const copies = clusteredMeanInterval(
      [...values, ...values, ...values],
      [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3],
    )!;
    expect(copies.low).toBeCloseTo(once.low, 12);
    expect(copies.high).toBeCloseTo(once.high, 12);
  });

  it('holds the true mean in 95 of 100 draws of users whose events are alike', () => {
    const rng = createRng(3);
    const users = Array.from({ length: 600 }, (_, event) => Math.floor(event / 6));
    let [held, heldByEvents] = [0, 0];
    for (let draw = 0; draw < 1000; draw++) {
      const habits = Array.from({ length: 100 }, () => rng.normal());
      const values = users.map((user) => habits[user]! + 0.5 * rng.normal());
      const { low, high } = clusteredMeanInterval(values, users)!;
      if (low <= 0 && high >= 0) held += 1;
      const byEvents = clusteredMeanInterval(values)!;
      if (byEvents.low <= 0 && byEvents.high >= 0) heldByEvents += 1;
    }
    // 950 are expected, give or take 7; events taken for people would hold it in about half of the draws.
    expect(held).toBeGreaterThan(925);
    expect(held).toBeLessThan(970);
    expect(heldByEvents).toBeLessThan(700);
  });

  it('is not known for one user, or where nothing varies', () => {
    expect(clusteredMeanInterval([0.4])).toBeNull();
    expect(clusteredMeanInterval([0, 1, 0], [7, 7, 7])).toBeNull();
    expect(clusteredMeanInterval([0, 0, 0])).toBeNull();
    expect(clusteredMeanInterval([0.1, 0.1, 0.1])).toBeNull();
    expect(clusteredMeanInterval([0, 1, 0, 1], [1, 1, 2, 2])).toBeNull();
  });

  it('refuses what is no list of numbers', () => {
    expect(() => clusteredMeanInterval([])).toThrow('there are no values');
    expect(() => clusteredMeanInterval([1, NaN])).toThrow('value 1 is NaN');
    expect(() => clusteredMeanInterval([1, 2], [1])).toThrow('1 users for 2 values');
    expect(() => clusteredMeanInterval([1, 2], undefined, 0)).toThrow('z must be above 0, got 0');
  });
});
