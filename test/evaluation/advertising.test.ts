import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advertisingRates, poissonInterval } from '../../lib/evaluation/advertising-rates';
import { attributionName, lastClickAttribution } from '../../lib/evaluation/attribution';
import { wilsonInterval } from '../../lib/evaluation/proportion-interval';

const event = (user: number, item: number, timeMs: number) => ({ user, item, timeMs });

describe('last-click attribution', () => {
  const clicks = [event(1, 7, 100), event(1, 8, 200), event(2, 7, 150), event(1, 7, 50)];

  it('takes the last click of the user before the conversion, of the item or of any', () => {
    const conversions = [event(1, 7, 250), event(2, 7, 150), event(2, 8, 400), event(3, 7, 400)];
    const of = (items: 'same-item' | 'any-item', windowMs = 1000) => [
      ...lastClickAttribution(clicks, conversions, { windowMs, items }),
    ];
    expect(of('same-item')).toEqual([0, 2, -1, -1]);
    expect(of('any-item')).toEqual([1, 2, 2, -1]);
    // The window's last millisecond counts: 250 - 100 = 150.
    expect(of('same-item', 150)).toEqual([0, 2, -1, -1]);
    expect(of('same-item', 149)).toEqual([-1, 2, -1, -1]);
    expect(of('any-item', 0)).toEqual([-1, 2, -1, -1]);
  });

  it('gives no click after the conversion, none of another user, and more for a longer window', () => {
    const events = fc.array(
      fc.record({ user: fc.nat(2), item: fc.nat(2), timeMs: fc.nat(50) }),
      { maxLength: 15 }, // prettier-ignore
    );
    fc.assert(
      fc.property(events, events, fc.nat(40), (own, conversions, windowMs) => {
        const found = lastClickAttribution(own, conversions, { windowMs, items: 'same-item' });
        const wider = lastClickAttribution(own, conversions, { windowMs: windowMs + 5, items: 'same-item' });
        for (const [at, click] of found.entries()) {
          const { user, item, timeMs } = conversions[at]!;
          const possible = own
            .filter((other) => other.user === user && other.item === item)
            .map((other) => timeMs - other.timeMs)
            .filter((gap) => gap >= 0 && gap <= windowMs);
          if (click < 0) expect(possible).toEqual([]);
          else {
            expect(own[click]).toMatchObject({ user, item });
            expect(timeMs - own[click]!.timeMs).toBe(Math.min(...possible));
            expect(wider[at]).toBe(click);
          }
        }
      }),
    );
  });

  it('has a name to stand beside a rate, and refuses windows and times that are none', () => {
    const day = 86_400_000;
    expect(attributionName({ windowMs: 7 * day, items: 'same-item' })).toBe(
      'last click within 7 d, the same item',
    );
    expect(attributionName({ windowMs: day / 2, items: 'any-item' })).toBe(
      'last click within 12 h, any item',
    );
    const rule = { windowMs: -1, items: 'any-item' } as const;
    expect(() => lastClickAttribution([], [], rule)).toThrow('from 0 ms, got -1');
    expect(() => lastClickAttribution([event(1, 1, NaN)], [], { ...rule, windowMs: 1 })).toThrow('time NaN');
  });
});

describe('rates of advertising', () => {
  const counts = { impressions: 10_000, clicks: 200, convertedClicks: 10, conversions: 12, cost: 60 };
  const rule = 'last click within 7 d, the same item';

  it('are shares with Wilson’s intervals, and a cost for each conversion', () => {
    const { ctr, cvr, cpa, attribution } = advertisingRates(counts, rule);
    expect(ctr).toEqual({ value: 0.02, ...wilsonInterval({ successes: 200, cases: 10_000 }) });
    expect(cvr).toEqual({ value: 0.05, ...wilsonInterval({ successes: 10, cases: 200 }) });
    expect(cpa.value).toBe(5);
    // The bounds solve (12 - m)² = z² m, m being the mean count.
    for (const bound of [cpa.low, cpa.high]) {
      const m = counts.cost / bound;
      expect((12 - m) ** 2).toBeCloseTo(1.959963984540054 ** 2 * m, 8);
    }
    expect(cpa.low).toBeLessThan(5);
    expect(cpa.high).toBeGreaterThan(5);
    expect(attribution).toBe(rule);
  });

  it('are open where nothing was clicked or bought', () => {
    const none = { ...counts, clicks: 0, convertedClicks: 0, conversions: 0 };
    const { ctr, cvr, cpa } = advertisingRates(none, rule);
    expect([ctr.value, ctr.low, cvr, cpa.value, cpa.high]).toEqual([0, 0, null, Infinity, Infinity]);
    expect(cpa.low).toBeCloseTo(60 / 1.959963984540054 ** 2, 10);
  });

  it('cover the true mean of a Poisson count in about 95 % of cases', () => {
    /*
    scipy 1.17: n = arange(1000); poisson.pmf(n, m)[(low <= m) & (m <= high)].sum() for m = 2, 5, 20, 100
    low, high = n + z * z / 2 -+ z * sqrt(n + z * z / 4)
    */
    const expected = {
      2: 0.9473469826562888,
      5: 0.9614339956947091,
      20: 0.9442796565187063,
      100: 0.9491204293929367,
    };
    for (const [text, share] of Object.entries(expected)) {
      const m = Number(text);
      let [probability, covered] = [Math.exp(-m), 0];
      for (let n = 0; n < 400; n++) {
        const { low, high } = poissonInterval(n);
        if (low <= m && m <= high) covered += probability;
        probability *= m / (n + 1);
      }
      expect(covered).toBeCloseTo(share, 10);
    }
  });

  it('refuse counts that contradict one another, and conversions without a rule', () => {
    for (const wrong of [
      { clicks: 10_001 },
      { convertedClicks: 201 },
      { conversions: 9 },
      { impressions: 0 },
      { cost: -1 },
      { clicks: 1.5 },
      { convertedClicks: 0 },
    ]) {
      expect(() => advertisingRates({ ...counts, ...wrong }, rule)).toThrow('this cannot be');
    }
    expect(() => advertisingRates(counts, ' ')).toThrow('by which rule');
    expect(() => poissonInterval(-1)).toThrow('the count is -1');
  });
});
