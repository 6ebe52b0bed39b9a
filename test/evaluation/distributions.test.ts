import { describe, expect, it } from 'vitest';
import {
  betaCdf,
  betaQuantile,
  chiSquareTail,
  logGamma,
  normalCdf,
  normalQuantile,
  tCdf,
  tQuantile,
  tTwoSided,
} from '../../lib/evaluation/distributions';

const near = (found: number, expected: number): void =>
  expect(Math.abs(found / expected - 1)).toBeLessThan(1e-11);

describe('distributions', () => {
  // scipy 1.17.1: stats.norm.cdf(-1.3), norm.sf(8.3), norm.ppf(1e-9), t.sf(2.2, 7.3) * 2, t.cdf(-3.1, 22362), t.ppf(.975, 7.3),
  //   chi2.sf(20.3, 3), chi2.sf(300, 2), beta.cdf(.031, 31, 970), beta.ppf(.025, 31, 970)
  it('agree with SciPy, also far out', () => {
    near(normalCdf(-1.3), 0.09680048458561036);
    near(normalCdf(-8.3), 5.2055697448902465e-17);
    near(normalQuantile(1e-9), -5.9978070150076865);
    near(tTwoSided(2.2, 7.3), 0.0621691654000236);
    near(tTwoSided(-2.2, 7.3), 0.0621691654000236);
    near(tCdf(-3.1, 22362), 0.0009688048725588353);
    near(tQuantile(0.975, 7.3), 2.345066736547703);
    near(chiSquareTail(20.3, 3), 0.000147095074031764);
    near(chiSquareTail(300, 2), 7.175095973164448e-66);
    near(betaCdf(0.031, 31, 970), 0.5250159842698581);
    near(betaQuantile(0.025, 31, 970), 0.021158171970208632);
    near(logGamma(6), Math.log(120));
  });

  it('know that Student with many degrees of freedom is normal', () => {
    expect(tCdf(-1.5, Infinity)).toBe(normalCdf(-1.5));
    expect(tQuantile(0.975, Infinity)).toBe(normalQuantile(0.975));
  });

  it('refuse a share that is none', () => {
    for (const share of [0, 1, NaN]) {
      expect(() => normalQuantile(share)).toThrow(/share/);
      expect(() => tQuantile(share, 3)).toThrow(/share/);
      expect(() => betaQuantile(share, 1, 1)).toThrow(/share/);
    }
  });
});
