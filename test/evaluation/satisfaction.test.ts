import { describe, expect, it } from 'vitest';
import { meanInterval } from '../../lib/evaluation/mean-interval';
import {
  equalSatisfactionWeights,
  explicitSatisfaction,
  implicitSatisfaction,
  satisfactionSigns,
  type SatisfactionEvent,
  type SatisfactionSigns,
} from '../../lib/evaluation/satisfaction';

describe('satisfaction where users were asked', () => {
  it('is the mean of the users’ means on a scale from 0 to 1', () => {
    const found = explicitSatisfaction([[5, 5, 5, 5], [1, 3], [], [3]], { lowest: 1, highest: 5 });
    expect([...found.ofUsers]).toEqual([1, 0.25, Number.NaN, 0.5]);
    expect(found).toMatchObject({ kind: 'explicit', users: 3, leftOut: 1 });
    expect(found.mean).toBeCloseTo((1 + 0.25 + 0.5) / 3, 14);
    const { low } = meanInterval([1, 0.25, 0.5]);
    expect(found.low).toBeCloseTo(low, 14);
    expect(found.high).toBe(1); // the interval of so few would reach beyond
  });

  it('refuses ratings outside of the scale, and one user alone', () => {
    const scale = { lowest: 1, highest: 5 };
    expect(() => explicitSatisfaction([[6], [1]], scale)).toThrow('user 0 rated 6');
    expect(() => explicitSatisfaction([[4], []], scale)).toThrow('known of 1 users');
    expect(() => explicitSatisfaction([[1], [1]], { lowest: 5, highest: 5 })).toThrow('a scale from 5 to 5');
  });
});

describe('satisfaction that is guessed', () => {
  const nothing = { with: 0, of: 0 };
  const user = (own: Partial<SatisfactionSigns>): SatisfactionSigns => ({
    dwell: nothing,
    repeat: nothing,
    return: nothing,
    conversion: nothing,
    ...own,
  });

  it('is the weighted mean of the shares that are known', () => {
    const signs = [
      user({ dwell: { with: 1, of: 2 }, repeat: { with: 0, of: 4 }, conversion: { with: 1, of: 1 } }),
      user({ return: { with: 3, of: 4 } }),
      user({}),
    ];
    const equal = implicitSatisfaction(signs);
    expect([...equal.ofUsers]).toEqual([0.5, 0.75, Number.NaN]);
    expect(equal).toMatchObject({ kind: 'implicit', mean: 0.625, users: 2, leftOut: 1 });
    const dwellCounts = { ...equalSatisfactionWeights, dwell: 4, conversion: 0 };
    expect(implicitSatisfaction(signs, dwellCounts).ofUsers[0]).toBeCloseTo((4 * 0.5 + 0) / 5, 14);
    // A user of whom only a sign without weight is known is left out.
    const onlyReturn = { dwell: 1, repeat: 1, return: 0, conversion: 1 };
    expect(() => implicitSatisfaction(signs, onlyReturn)).toThrow('something is known of 1 users');
  });

  it('grows with each of its signs', () => {
    const base = { with: 1, of: 4 };
    const all = user({ dwell: base, repeat: base, return: base, conversion: base });
    const [before] = implicitSatisfaction([all, all]).ofUsers;
    expect(before).toBe(0.25);
    for (const sign of ['dwell', 'repeat', 'return', 'conversion'] as const) {
      const more = { ...all, [sign]: { with: 2, of: 4 } };
      expect(implicitSatisfaction([more, all]).ofUsers[0]).toBeCloseTo(0.3125, 14);
    }
  });

  it('refuses more cases with a sign than cases, and weights that are none', () => {
    const wrong = user({ dwell: { with: 3, of: 2 } });
    expect(() => implicitSatisfaction([wrong, wrong])).toThrow('dwell of user 0 is 3 of 2');
    const right = user({ dwell: { with: 1, of: 2 } });
    const negative = { ...equalSatisfactionWeights, dwell: -1 };
    expect(() => implicitSatisfaction([right, right], negative)).toThrow('the weight of dwell is -1');
    const none = { dwell: 0, repeat: 0, return: 0, conversion: 0 };
    expect(() => implicitSatisfaction([right, right], none)).toThrow('known of 0 users');
  });
});

describe('the signs of satisfaction', () => {
  const at = (
    session: number,
    timeMs: number,
    item: number,
    dwellMs: number | null = null,
    isPurchase = false,
  ): SatisfactionEvent => ({ item, timeMs, dwellMs, isPurchase, session });
  const boundaries = { longViewMs: 30_000, returnWithinMs: 100, logEndMs: 1000 };

  it('are counted in what a user did', () => {
    const events = [
      at(1, 0, 7, 30_000),
      at(1, 10, 7, 29_999), // the same session: not used again
      at(1, 20, 8, null, true),
      at(2, 120, 7), // 100 ms after the end of session 1: still a return
      at(3, 500, 9, 40_000), // too late for session 2
      at(4, 950, 8), // too near to the end of the log to say whether the user came back
    ];
    expect(satisfactionSigns(events, boundaries)).toEqual({
      dwell: { with: 2, of: 3 },
      repeat: { with: 2, of: 3 },
      return: { with: 1, of: 3 },
      conversion: { with: 1, of: 4 },
    });
    expect(satisfactionSigns([], boundaries).conversion).toEqual({ with: 0, of: 0 });
  });

  it('refuse events that are not in order, or after the end of the log', () => {
    expect(() => satisfactionSigns([at(1, 5, 1), at(1, 4, 1)], boundaries)).toThrow('event 1 is before');
    expect(() => satisfactionSigns([at(2, 5, 1), at(1, 6, 1)], boundaries)).toThrow('event 1 is before');
    expect(() => satisfactionSigns([at(1, 1001, 1)], boundaries)).toThrow('after the end of the log');
  });
});
