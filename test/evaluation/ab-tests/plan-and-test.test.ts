import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { cuped } from '../../../lib/evaluation/ab-tests/cuped';
import { guardrail } from '../../../lib/evaluation/ab-tests/guardrail';
import {
  casesForMeans,
  casesForProportions,
  detectableDifference,
  powerForMeans,
  powerForProportions,
} from '../../../lib/evaluation/ab-tests/sample-size';
import { sampleRatio } from '../../../lib/evaluation/ab-tests/sample-ratio';
import { twoProportionTest } from '../../../lib/evaluation/ab-tests/two-proportions';
import { welchTTest } from '../../../lib/evaluation/difference/t-test';

const near = (found: number, expected: number): void => expect(Math.abs(found - expected)).toBeLessThan(1e-9);

describe('sample size and power', () => {
  // statsmodels 0.15.0, its first group is our first:
  // samplesize_proportions_2indep_onetail(.01, .05, .8, ratio=1, alpha=.05) -> 8157.73
  // samplesize_proportions_2indep_onetail(.01, .05, .9, ratio=2, alpha=.01) -> 11484.92
  // power_proportions_2indep(.01, .05, 3000, ratio=1.5, alpha=.05).power
  it('for rates agree with statsmodels', () => {
    expect(casesForProportions({ first: 0.06, second: 0.05 })).toEqual({ first: 8158, second: 8158 });
    expect(casesForProportions({ first: 0.06, second: 0.05 }, { alpha: 0.01, power: 0.9, ratio: 2 })).toEqual(
      { first: 11485, second: 22970 },
    );
    const sizes = { firstCases: 3000, secondCases: 4500 };
    near(powerForProportions({ first: 0.06, second: 0.05 }, sizes), 0.46762343771813264);
  });

  // NormalIndPower().power(.1, 1200, .05, ratio=.5); .solve_power(.1, power=.8, alpha=.05) -> 1569.77 (t: 1570.73)
  it('for means agree with statsmodels', () => {
    const effect = { difference: 0.2, standardDeviation: 2 };
    near(powerForMeans(effect, { firstCases: 1200, secondCases: 600 }), 0.5160052739761747);
    expect(casesForMeans(effect)).toEqual({ first: 1570, second: 1570 });
  });

  it('undo each other', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.9, noNaN: true }),
        fc.double({ min: 0.02, max: 0.08, noNaN: true }),
        fc.double({ min: 0.3, max: 3, noNaN: true }),
        (first, difference, ratio) => {
          const rates = { first, second: first + difference };
          const { first: firstCases, second: secondCases } = casesForProportions(rates, { ratio });
          const power = powerForProportions(rates, { firstCases, secondCases });
          expect(power).toBeGreaterThan(0.7999);
          expect(power).toBeLessThan(0.83);
          const found = detectableDifference({ standardDeviation: 2 }, { firstCases, secondCases });
          const again = powerForMeans(
            { difference: found, standardDeviation: 2 },
            { firstCases, secondCases },
          );
          expect(again).toBeCloseTo(0.8, 5);
        },
      ),
    );
  });

  it('need four times the cases for half the difference', () => {
    const [one, half] = [0.2, 0.1].map((difference) => casesForMeans({ difference, standardDeviation: 1 }));
    expect(half!.first / one!.first).toBeCloseTo(4, 1);
  });

  it('refuse what cannot be planned', () => {
    expect(() => casesForProportions({ first: 0.05, second: 0.05 })).toThrow(/difference of 0/);
    expect(() => casesForProportions({ first: 0, second: 0.05 })).toThrow(/a rate/);
    expect(() => casesForMeans({ difference: 1, standardDeviation: 0 })).toThrow(/standard deviation/);
    expect(() => casesForMeans({ difference: 1, standardDeviation: 1 }, { power: 0.01 })).toThrow(/power/);
    expect(() => casesForMeans({ difference: 1, standardDeviation: 1 }, { alpha: 0 })).toThrow(/alpha/);
    expect(() => casesForMeans({ difference: 1, standardDeviation: 1 }, { ratio: 0 })).toThrow(/ratio/);
    expect(() =>
      powerForMeans({ difference: 1, standardDeviation: 1 }, { firstCases: 0, secondCases: 1 }),
    ).toThrow(/need cases/);
  });
});

describe('the test of two proportions', () => {
  const [first, second] = [
    { successes: 130, cases: 2000 },
    { successes: 165, cases: 2100 },
  ];

  // statsmodels 0.15.0: proportions_ztest([130, 165], [2000, 2100]); confint_proportions_2indep(165, 2100, 130, 2000, method='wald')
  it('agrees with statsmodels', () => {
    const found = twoProportionTest(first, second);
    near(found.z, 1.6809461479966383);
    near(found.p, 0.09277337513457043);
    near(found.low, -0.002213610634300471);
    near(found.high, 0.029356467777157606);
    near(found.lift, 165 / 2100 / 0.065 - 1);
    expect(found.liftInterval.low).toBeLessThan(0);
    expect(found.liftInterval.high).toBeGreaterThan(found.lift);
  });

  it('turns with its groups, and knows no lift above nothing', () => {
    const [one, turned] = [twoProportionTest(first, second), twoProportionTest(second, first)];
    near(turned.p, one.p);
    near(turned.difference, -one.difference);
    const fromZero = twoProportionTest({ successes: 0, cases: 50 }, { successes: 9, cases: 50 });
    expect(fromZero.lift).toBeNaN();
  });

  it('refuses what cannot be judged', () => {
    const none = { successes: 0, cases: 9 };
    expect(() => twoProportionTest(none, none)).toThrow(/all cases are alike/);
    expect(() => twoProportionTest({ successes: 3, cases: 2 }, none)).toThrow(/no proportion/);
    expect(() => twoProportionTest(first, second, 1)).toThrow(/share/);
  });
});

describe('the sample-ratio check', () => {
  // scipy 1.17.1: chisquare([5100, 4900, 2050], [.4 * 12050, .4 * 12050, .2 * 12050])
  it('agrees with SciPy', () => {
    const found = sampleRatio([5100, 4900, 2050], [2, 2, 1]);
    near(found.chiSquare, 71.36929460580913);
    expect(found.p / 3.179468946849005e-16).toBeCloseTo(1, 9);
    expect(found).toMatchObject({ holds: false, expected: [4820, 4820, 2410] });
    expect(sampleRatio([5010, 4990]).holds).toBe(true);
  });

  it('refuses what is no split', () => {
    expect(() => sampleRatio([5])).toThrow(/1 groups/);
    expect(() => sampleRatio([5, -1])).toThrow(/no counts/);
    expect(() => sampleRatio([5, 5], [1, 0])).toThrow(/share must be above 0/);
    expect(() => sampleRatio([0, 0])).toThrow(/no cases/);
  });
});

describe('a guardrail', () => {
  const first = [5.1, 4.2, 6.3, 5.8, 4.9, 5.5, 6.1, 5.2];
  const second = [4.9, 4, 6.2, 5.9, 4.1, 5.6, 5.7, 5, 5.3];

  // scipy 1.17.1: ttest_ind(np.array(second) + .5, first, equal_var=False, alternative='greater').pvalue
  it('agrees with the shifted test of SciPy', () => {
    const found = guardrail(welchTTest(first, second), { margin: 0.5, harm: 'down' });
    near(found.p, 0.20262643919877166);
    expect(found.holds).toBe(false);
  });

  it('holds exactly where the most harm is within the margin', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.constantFrom('up' as const, 'down' as const),
        (difference, harm) => {
          const found = guardrail({ difference, standardError: 1 }, { margin: 1, harm });
          fc.pre(Math.abs(found.mostHarm - 1) > 1e-9);
          expect(found.holds).toBe(found.mostHarm < 1);
        },
      ),
    );
  });

  it('refuses a margin of nothing', () => {
    const difference = { difference: 0, standardError: 1 };
    expect(() => guardrail(difference, { margin: 0, harm: 'up' })).toThrow(/margin/);
    expect(() => guardrail({ ...difference, standardError: 0 }, { margin: 1, harm: 'up' })).toThrow(/error/);
  });
});

describe('CUPED', () => {
  const rng = createRng(1);
  const draw = (cases: number, effect: number) => {
    const before = Float64Array.from({ length: cases }, () => 5 + 2 * rng.normal());
    const outcomes = before.map((value) => 0.9 * value + 1.2 * rng.normal() + effect);
    return { before, outcomes };
  };
  const variance = (values: Float64Array): number => {
    const mean = values.reduce((a, b) => a + b) / values.length;
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  };

  it('takes exactly the squared correlation out of the variance of one group', () => {
    const group = draw(500, 0);
    const found = cuped([group]);
    near(variance(found.adjusted[0]!) / variance(group.outcomes), found.varianceLeft);
    near(1 - found.correlation ** 2, found.varianceLeft);
    // planted: 1.8 / sqrt(1.8^2 + 1.2^2) = .832
    expect(Math.abs(found.correlation - 0.832)).toBeLessThan(0.05);
  });

  it('keeps the mean of all, and finds the effect more surely', () => {
    const groups = [draw(400, 0), draw(400, 0.3)];
    const { adjusted, varianceLeft } = cuped(groups);
    const sum = (arrays: readonly Float64Array[]): number =>
      arrays.reduce((total, array) => total + array.reduce((a, b) => a + b), 0);
    expect(sum(adjusted) / sum(groups.map(({ outcomes }) => outcomes))).toBeCloseTo(1, 12);
    const [plain, sharper] = [
      welchTTest(groups[0]!.outcomes, groups[1]!.outcomes),
      welchTTest(adjusted[0]!, adjusted[1]!),
    ];
    expect((sharper.standardError / plain.standardError) ** 2).toBeCloseTo(varianceLeft, 2);
    expect(Math.abs(sharper.difference - 0.3)).toBeLessThan(4 * sharper.standardError);
  });

  it('changes nothing where nothing is known, and refuses what does not belong together', () => {
    const outcomes = [1, 2, 4];
    const found = cuped([{ outcomes, before: [7, 7, 7] }]);
    expect([...found.adjusted[0]!]).toEqual(outcomes);
    expect(found).toMatchObject({ theta: 0, correlation: 0, varianceLeft: 1 });
    expect(() => cuped([{ outcomes, before: [1, 2] }])).toThrow(/3 outcomes and 2/);
    expect(() => cuped([{ outcomes, before: [1, 2, NaN] }])).toThrow(/not finite/);
  });
});
