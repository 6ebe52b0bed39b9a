import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import {
  newcombeDifference,
  pairedDifference,
  waldDifference,
  wilsonInterval,
} from '../../lib/evaluation/proportion-interval';

describe('the interval of a share', () => {
  it.each([
    // scipy 1.17.1: binomtest(k, n).proportion_ci(method='wilson')
    [81, 263, 0.2552885198782742, 0.36620957698280004],
    [15, 148, 0.06238639953073629, 0.16048724172330803],
    [0, 20, 0, 0.16112515805281935],
    [1, 29, 0.006113214292762667, 0.17175521879320282],
  ])('of %i among %i agrees with scipy', (successes, cases, low, high) => {
    const interval = wilsonInterval({ successes, cases });
    expect(interval.low).toBeCloseTo(low, 12);
    expect(interval.high).toBeCloseTo(high, 12);
  });

  it('holds the shares at which what was counted is z standard errors away, and only those', () => {
    const counts = fc
      .integer({ min: 1, max: 400 })
      .chain((cases) =>
        fc.record({ cases: fc.constant(cases), successes: fc.integer({ min: 0, max: cases }) }),
      );
    fc.assert(
      fc.property(counts, ({ successes, cases }) => {
        const { low, high } = wilsonInterval({ successes, cases }, 2);
        for (const end of [low, high]) {
          if (end === 0 || end === 1) continue;
          const away = Math.abs(successes / cases - end) / Math.sqrt((end * (1 - end)) / cases);
          // Near 0 and 1 the quotient of two tiny numbers keeps few digits.
          if (end > 1e-6 && end < 1 - 1e-6) expect(away).toBeCloseTo(2, 6);
        }
      }),
    );
  });

  it('refuses what is no proportion', () => {
    expect(() => wilsonInterval({ successes: 3, cases: 2 })).toThrow('3 of 2 cases is no proportion');
    expect(() => wilsonInterval({ successes: 0, cases: 0 })).toThrow(RangeError);
    expect(() => wilsonInterval({ successes: 1, cases: 2 }, 0)).toThrow('z must be above 0');
  });
});

describe('the interval of a difference', () => {
  it('is the published one', () => {
    // Newcombe 1998 (eleven methods), table II: 56/70 - 48/80; method 1: .0575 to .3425, method 10: .0524 to .3339.
    const [first, second] = [
      { successes: 48, cases: 80 },
      { successes: 56, cases: 70 },
    ];
    const wald = waldDifference(first, second);
    expect([wald.low, wald.high].map((end) => end.toFixed(4))).toEqual(['0.0575', '0.3425']);
    const newcombe = newcombeDifference(first, second);
    expect([newcombe.low, newcombe.high].map((end) => end.toFixed(4))).toEqual(['0.0524', '0.3339']);
  });

  it('turns round when the two are exchanged', () => {
    const share = fc.record({ cases: fc.constant(60), successes: fc.integer({ min: 0, max: 60 }) });
    fc.assert(
      fc.property(share, share, (first, second) => {
        for (const interval of [waldDifference, newcombeDifference]) {
          const [there, back] = [interval(first, second), interval(second, first)];
          expect(there.low).toBeCloseTo(-back.high, 12);
          expect(there.high).toBeCloseTo(-back.low, 12);
        }
      }),
    );
  });

  it('of paired outcomes holds the true difference about 95 times in 100', () => {
    // Two models, right with .80 and .85, that share most of their errors: planted, 400 samples of 500 cases.
    const rng = createRng(7);
    let held = 0;
    for (let sample = 0; sample < 400; sample++) {
      let [gained, lost] = [0, 0];
      for (let n = 0; n < 500; n++) {
        const draw = rng.next();
        if (draw < 0.08) gained += 1;
        else if (draw < 0.11) lost += 1;
      }
      const { low, high } = pairedDifference({ gained, lost, cases: 500 });
      held += Number(low <= 0.05 && 0.05 <= high);
    }
    // 380 expected; one standard deviation is 4.4.
    expect(held).toBeGreaterThan(366);
    expect(held).toBeLessThan(394);
  });

  it('is narrower for pairs that agree, and the Wald one of independent samples for pairs that do not know of each other', () => {
    const independent = waldDifference({ successes: 425, cases: 500 }, { successes: 450, cases: 500 });
    // Independent models: gained .9 x .15, lost .1 x .85 of 500.
    const unrelated = pairedDifference({ gained: 67.5, lost: 42.5, cases: 500 });
    expect(unrelated.low).toBeCloseTo(independent.low, 12);
    const alike = pairedDifference({ gained: 25, lost: 0, cases: 500 });
    expect(alike.low).toBeGreaterThan(independent.low);
    expect(() => pairedDifference({ gained: 400, lost: 200, cases: 500 })).toThrow('this cannot be');
  });
});
