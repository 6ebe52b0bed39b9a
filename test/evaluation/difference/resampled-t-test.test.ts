import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { resampledTTest } from '../../../lib/evaluation/difference/resampled-t-test';
import { pairedTTest } from '../../../lib/evaluation/difference/t-test';

const differences = [0.02, 0.01, 0.03, -0.01, 0.02];

describe('the corrected resampled t test', () => {
  it('agrees with SciPy 1.17.1', () => {
    // import numpy as np; from scipy.stats import t
    // d = np.array([.02, .01, .03, -.01, .02]); se = d.std(ddof=1) * np.sqrt(1 / 5 + 1 / 4)
    // d.mean() / se, 2 * t.sf(d.mean() / se, 4), d.mean() - t.ppf(.975, 4) * se, d.mean() + t.ppf(.975, 4) * se
    const found = resampledTTest(differences, 1 / 4);
    expect(found.t).toBeCloseTo(1.376124924112373, 10);
    expect(found.p).toBeCloseTo(0.24080150290275065, 10);
    expect([found.low, found.high]).toEqual([
      expect.closeTo(-0.014246150325226581, 10),
      expect.closeTo(0.04224615032522658, 10),
    ]);
  });

  it('is the usual t test where nothing is shared', () => {
    expect(resampledTTest(differences, 0)).toEqual(
      Object.fromEntries(
        Object.entries({ ...pairedTTest(differences) }).map(([name, value]: [string, number]) => [
          name,
          expect.closeTo(value, 12),
        ]),
      ),
    );
  });

  it('is not fooled by folds that go together, where the usual test is', () => {
    // Each of 10 folds has its own noise and one that all share, as much as the correction assumes: variance ratio / (1 + ratio) of it.
    const rng = createRng(5);
    const ratio = 1 / 9;
    const correlation = ratio / (1 + ratio);
    const draws = Array.from({ length: 4000 }, () => {
      const shared = rng.normal();
      return Array.from(
        { length: 10 },
        () => Math.sqrt(correlation) * shared + Math.sqrt(1 - correlation) * rng.normal(),
      );
    });
    const rate = (test: (own: number[]) => { p: number }) =>
      draws.filter((own) => test(own).p < 0.05).length / draws.length;
    // 5 % ± 4 standard errors of .0034.
    expect(Math.abs(rate((own) => resampledTTest(own, ratio)) - 0.05)).toBeLessThan(0.014);
    expect(rate(pairedTTest)).toBeGreaterThan(0.1);
  });

  it('refuses what it cannot judge', () => {
    expect(() => resampledTTest([1], 0.1)).toThrow(RangeError);
    expect(() => resampledTTest([1, 1], 0.1)).toThrow(RangeError);
    expect(() => resampledTTest([1, 2], -0.1)).toThrow(RangeError);
    expect(() => resampledTTest([1, 2], 0.1, 1)).toThrow(RangeError);
  });
});
