import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { fisherExact, type TwoCounts } from '../../lib/evaluation/fisher-exact';
import { adjustPs } from '../../lib/evaluation/many-tests';
import { shareRatio } from '../../lib/evaluation/share-ratio';

const table = (first: number, firstCases: number, second: number, secondCases: number): TwoCounts => ({
  first,
  firstCases,
  second,
  secondCases,
});

describe('the exact test of two shares', () => {
  // scipy 1.17.1: fisher_exact([[a, n - a], [b, m - b]])[1]
  it.each([
    [table(8, 10, 1, 6), 0.034965034965034975],
    [table(3, 50, 20, 900), 0.1157477162813037],
    [table(0, 20, 5, 30), 0.07457663916630482],
    [table(30, 100, 28, 100), 0.8762619426970188],
    [table(5, 5, 5, 5), 1],
  ])('has the p of scipy: %j', (counts, p) => {
    expect(fisherExact(counts)).toBeCloseTo(p, 12);
  });

  it('is the same whichever group comes first, and for those who do not have it', () => {
    const cases = fc.integer({ min: 0, max: 30 });
    fc.assert(
      fc.property(cases, cases, fc.nat(30), fc.nat(30), (n, m, a, b) => {
        fc.pre(a <= n && b <= m);
        const p = fisherExact(table(a, n, b, m));
        expect(fisherExact(table(b, m, a, n))).toBeCloseTo(p, 10);
        expect(fisherExact(table(n - a, n, m - b, m))).toBeCloseTo(p, 10);
        expect(p).toBeGreaterThan(0);
      }),
    );
  });

  it('refuses what are no counts', () => {
    expect(() => fisherExact(table(3, 2, 0, 1))).toThrow('3 of 2 and 0 of 1 are no counts');
    expect(() => fisherExact(table(0.5, 2, 0, 1))).toThrow('no counts');
  });
});

describe('the ratio of two shares', () => {
  // scipy 1.17.1: relative_risk(a, n, b, m), confidence_interval(.95); the first is the example of its documentation.
  it.each([
    [table(27, 122, 44, 487), 2.4495156482861398, 1.5836990926700116, 3.7886786315466354],
    [table(3, 50, 20, 900), 2.6999999999999997, 0.8299825548280069, 8.783317140335159],
  ])('has the interval of scipy: %j', (counts, ratio, low, high) => {
    const own = shareRatio(counts);
    expect(own.ratio).toBeCloseTo(ratio, 12);
    expect(own.low).toBeCloseTo(low, 10);
    expect(own.high).toBeCloseTo(high, 10);
  });

  it('is open where nobody has it', () => {
    expect(shareRatio(table(0, 5, 2, 5))).toEqual({ ratio: 0, low: 0, high: Infinity });
    expect(shareRatio(table(2, 5, 0, 5))).toEqual({ ratio: Infinity, low: 0, high: Infinity });
    expect(shareRatio(table(0, 5, 0, 5)).ratio).toBeNaN();
    expect(() => shareRatio(table(0, 0, 1, 2))).toThrow('both groups need cases');
  });
});

describe('the correction for many tests', () => {
  it('has its closed forms', () => {
    // By hand: 5 x .01, 4 x .02, 3 x .03, and no smaller after that.
    expect([...adjustPs([0.01, 0.02, 0.03, 0.04, 0.05], 'holm')].map((p) => Number(p.toFixed(12)))).toEqual([
      0.05, 0.08, 0.09, 0.09, 0.09,
    ]);
    // scipy 1.17.1: false_discovery_control(ps)
    const ps = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205];
    const expected = [0.008, 0.032, 0.0672, 0.0672, 0.0672, 0.08, 0.08457142857142858, 0.205];
    for (const [test, p] of adjustPs(ps, 'benjamini-hochberg').entries())
      expect(p).toBeCloseTo(expected[test]!, 12);
    expect(adjustPs([], 'holm').length).toBe(0);
  });

  it('keeps the order of the tests, is never below p, and strictest by Holm', () => {
    const some = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(some, (ps) => {
        const [holm, bh] = [adjustPs(ps, 'holm'), adjustPs(ps, 'benjamini-hochberg')];
        for (const [test, p] of ps.entries()) {
          expect(bh[test]!).toBeGreaterThanOrEqual(p);
          expect(holm[test]!).toBeGreaterThanOrEqual(bh[test]! - 1e-12);
          expect(holm[test]!).toBeLessThanOrEqual(1);
        }
      }),
    );
    const ps = [0.04, 0.001, 0.03];
    expect([...adjustPs(ps, 'holm')].map((p) => Number(p.toFixed(12)))).toEqual([0.06, 0.003, 0.06]);
    expect(() => adjustPs([0.5, 1.2], 'holm')).toThrow('the p of test 1 is 1.2');
  });

  it('gives a false alarm as rarely as it promises, and one test after the other far oftener', () => {
    const rng = createRng(4);
    let [corrected, plain] = [0, 0];
    const rounds = 2000;
    for (let round = 0; round < rounds; round++) {
      const ps = Array.from({ length: 20 }, () => rng.next());
      if (adjustPs(ps, 'holm').some((p) => p < 0.05)) corrected += 1;
      if (ps.some((p) => p < 0.05)) plain += 1;
    }
    // 5 % with a standard error of .5 %; without a correction 1 - .95^20 = 64 %.
    expect(corrected / rounds).toBeLessThan(0.065);
    expect(corrected / rounds).toBeGreaterThan(0.035);
    expect(plain / rounds).toBeGreaterThan(0.6);
  });
});
