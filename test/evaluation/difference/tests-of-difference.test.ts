import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { cliffsDelta, pairedCohensD } from '../../../lib/evaluation/difference/effect-size';
import { midRanks } from '../../../lib/evaluation/difference/mid-ranks';
import { signFlipTest } from '../../../lib/evaluation/difference/sign-flip-test';
import { pairedTTest, welchTTest } from '../../../lib/evaluation/difference/t-test';
import { wilcoxon, zeroRules } from '../../../lib/evaluation/difference/wilcoxon';

const first = [0.52, 0.31, 0.44, 0.85, 0.12, 0.66, 0.71, 0.05, 0.93, 0.4, 0.38, 0.27];
const second = [0.61, 0.35, 0.4, 0.99, 0.13, 0.81, 0.72, 0.2, 0.9, 0.55, 0.45, 0.21];
const near = (found: number, expected: number): void => expect(Math.abs(found - expected)).toBeLessThan(1e-9);

describe('t tests', () => {
  // scipy 1.17.1: r = stats.ttest_rel(second, first); r.statistic, r.pvalue, r.df, r.confidence_interval()
  it('for pairs agree with SciPy', () => {
    const found = pairedTTest(second.map((value, user) => value - first[user]!));
    near(found.t, 2.470167493757638);
    near(found.p, 0.031112193390625136);
    expect(found.degreesOfFreedom).toBe(11);
    near(found.low, 0.006175154362185631);
    near(found.high, 0.1071581789711477);
  });

  // r = stats.ttest_ind(second, first[:8], equal_var=False)
  it('by Welch agree with SciPy', () => {
    const found = welchTTest(first.slice(0, 8), second);
    near(found.t, 0.5324018577471157);
    near(found.p, 0.6021375060300812);
    near(found.degreesOfFreedom, 15.213557589405184);
    near(found.low, -0.20740115355499894);
    near(found.high, 0.34573448688833236);
  });

  it('refuse what cannot be judged', () => {
    expect(() => pairedTTest([1])).toThrow(/2 values/);
    expect(() => pairedTTest([0.5, 0.5])).toThrow(/nothing varies/);
    expect(() => welchTTest([1, 2], [1, Infinity])).toThrow(/value 1/);
    expect(() => pairedTTest([1, 2], 1)).toThrow(/share/);
  });
});

describe("Wilcoxon's signed-rank test", () => {
  const plain = [1.2, -0.5, 0.3, 2.4, -1.1, 0.9, 0.6, -0.2, 1.7, 0.8];
  const tied = [1, 0, -1, 2, 2, 0, 3, -1, 1, 0, 4, 2, -2, 1, 0, 1, 3, -1, 2, 1];

  // scipy 1.17.1: stats.wilcoxon(plain)
  it('is exact for few differences without ties', () => {
    const found = wilcoxon(plain);
    expect(found).toMatchObject({ statistic: 11, method: 'exact', counted: 10 });
    near(found.p, 0.10546875);
    near(found.rankBiserial, (44 - 11) / 55);
  });

  // stats.wilcoxon(tied, zero_method=..., correction=..., method='asymptotic')
  it.each([
    ['wilcox', false, 24.5, 0.02202884426099196],
    ['wilcox', true, 24.5, 0.02360181729702375],
    ['pratt', false, 40.5, 0.024200866157367537],
    ['pratt', true, 40.5, 0.025418348205838596],
    ['zsplit', false, 45.5, 0.024839768105723907],
    ['zsplit', true, 45.5, 0.02607926870229235],
  ] as const)('with zeros by %s, continuity %s, agrees with SciPy', (zeros, continuity, statistic, p) => {
    const found = wilcoxon(tied, { zeros, continuity });
    expect(found.statistic).toBe(statistic);
    expect(found.method).toBe('normal');
    near(found.p, p);
  });

  // x = [v * (1 if v % 3 else -1) for v in range(1, 61)]; stats.wilcoxon(x), stats.wilcoxon(x, method='exact')
  it('takes the normal distribution for more than 50, unless told', () => {
    const many = Array.from({ length: 60 }, (_, at) => ((at + 1) % 3 ? at + 1 : -(at + 1)));
    near(wilcoxon(many).p, 0.03590012321587811);
    near(wilcoxon(many, { method: 'exact' }).p, 0.035563173784766366);
  });

  it('turns with the signs', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 2, maxLength: 30 }),
        fc.constantFrom(...zeroRules),
        (differences, zeros) => {
          fc.pre(differences.some((value) => value !== 0));
          const [one, turned] = [differences, differences.map((value) => -value)].map((values) =>
            wilcoxon(values, { zeros, method: 'normal' }),
          );
          expect(turned!.p).toBeCloseTo(one!.p, 12);
          expect(turned!.rankBiserial).toBeCloseTo(-one!.rankBiserial, 12);
          expect(one!.p).toBeGreaterThanOrEqual(0);
          expect(one!.p).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('refuses what has no ranks', () => {
    expect(() => wilcoxon([0, 0])).toThrow(/all are 0/);
    expect(() => wilcoxon([0, 0], { zeros: 'pratt' })).toThrow(/all are 0/);
    expect(() => wilcoxon([])).toThrow(/all are 0/);
    expect(() => wilcoxon(tied, { method: 'exact' })).toThrow(/signFlipTest/);
    expect(() => wilcoxon([1, NaN])).toThrow(/not a number/);
  });

  it('ranks ties by the mean of their ranks', () => {
    const { ranks, tieTerm } = midRanks([3, 1, 3, 2, 3]);
    expect([...ranks]).toEqual([4, 1, 4, 2, 4]);
    expect(tieTerm).toBe(27 - 3);
  });
});

describe('the sign-flip test', () => {
  const few = [0.4, -0.1, 0.3, 0.25, 0, -0.2, 0.6, 0.15, 0.05];

  // scipy 1.17.1: stats.permutation_test((few,), np.mean, permutation_type='samples', n_resamples=np.inf).pvalue
  it('goes through all signs where there are few', () => {
    const found = signFlipTest(few, { rng: createRng(1) });
    expect(found).toMatchObject({ exact: true, resamples: 256 });
    near(found.p, 0.109375);
    near(found.mean, few.reduce((a, b) => a + b) / 9);
  });

  it('draws the same p where there are many, and never 0', () => {
    const drawn = signFlipTest(few, { rng: createRng(1), resamples: 255 });
    expect(drawn.exact).toBe(false);
    // .109 +- 5 standard deviations of 255 draws
    expect(Math.abs(drawn.p - 0.109375)).toBeLessThan(0.1);
    const clear = Array.from({ length: 100 }, (_, at) => 1 + (at % 7));
    expect(signFlipTest(clear, { rng: createRng(1), resamples: 99 }).p).toBe(0.01);
  });

  it('rejects 5 % where nothing differs, for every number of differences', () => {
    for (const count of [31, 32, 33, 64, 65]) {
      const rng = createRng(count);
      let rejected = 0;
      for (let study = 0; study < 600; study++) {
        const values = Float64Array.from({ length: count }, () => rng.normal());
        rejected += Number(signFlipTest(values, { rng: rng.child(study), resamples: 99 }).p <= 0.05);
      }
      // 600 tosses at .05 have a standard deviation of .0089
      expect(Math.abs(rejected / 600 - 0.05)).toBeLessThan(0.036);
    }
  });

  it('agrees with the t test where there are many users', () => {
    const rng = createRng(5);
    const values = Float64Array.from({ length: 500 }, () => rng.normal() + 0.08);
    const byDrawing = signFlipTest(values, { rng, resamples: 20_000 }).p;
    expect(Math.abs(byDrawing - pairedTTest(values).p)).toBeLessThan(0.015);
  });

  it('says 1 where nobody differs, and refuses what is no difference', () => {
    expect(signFlipTest([0, 0, 0], { rng: createRng(1) }).p).toBe(1);
    expect(() => signFlipTest([], { rng: createRng(1) })).toThrow(/no differences/);
    expect(() => signFlipTest([Infinity], { rng: createRng(1) })).toThrow(/difference 0/);
    expect(() => signFlipTest([1], { rng: createRng(1), resamples: 0 })).toThrow(/resamples/);
  });
});

describe('effect sizes', () => {
  it('say how large beside the spread, and how often above', () => {
    expect(pairedCohensD([1, 2, 3])).toBeCloseTo(2, 12);
    expect(pairedCohensD([0, 0])).toBe(0);
    expect(cliffsDelta([1, 2, 3], [4, 5])).toBe(1);
    expect(cliffsDelta([4, 5], [1, 2, 3])).toBe(-1);
    expect(cliffsDelta([1, 2], [1, 2])).toBe(0);
  });

  it('count pairs as a plain loop does', () => {
    const values = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        let balance = 0;
        for (const one of b) for (const other of a) balance += Math.sign(one - other);
        expect(cliffsDelta(a, b)).toBeCloseTo(balance / (a.length * b.length), 12);
      }),
    );
  });

  it('refuse what has no size', () => {
    expect(() => pairedCohensD([1])).toThrow(/2 differences/);
    expect(() => cliffsDelta([], [1])).toThrow(/0 and 1 cases/);
    expect(() => cliffsDelta([NaN], [1])).toThrow(/not a number/);
  });
});
