import inverseErfc from '@stdlib/math-base-special-erfcinv';
import incompleteGamma from '@stdlib/math-base-special-gammainc';
import logGammaOf from '@stdlib/math-base-special-gammaln';
import stdBetaCdf from '@stdlib/stats-base-dists-beta-cdf';
import stdBetaQuantile from '@stdlib/stats-base-dists-beta-quantile';
import stdNormalCdf from '@stdlib/stats-base-dists-normal-cdf';
import stdTCdf from '@stdlib/stats-base-dists-t-cdf';
import stdTQuantile from '@stdlib/stats-base-dists-t-quantile';

/**
 * How much of the standard normal distribution lies below `z`.
 *
 * For the upper tail ask for `-z`: it keeps its digits, `1 - normalCdf(z)` does not.
 *
 * @source Cody, "Rational Chebyshev Approximations for the Error Function", Mathematics of Computation 23, 1969 (through the package
 *   of stdlib; within 1e-12 of SciPy's, relatively, from -37 to 37).
 */
export const normalCdf = (z: number): number => stdNormalCdf(z, 0, 1);

/**
 * The number below which a share of the standard normal distribution lies: `normalQuantile(.975)` is 1.96.
 *
 * @param share above 0 and below 1
 * @throws RangeError when it is not
 * @source Blair, Edwards & Johnson, "Rational Chebyshev Approximations for the Inverse of the Error Function", Mathematics of
 *   Computation 30, 1976 (the function; computed by the package of stdlib, after Boost).
 */
export function normalQuantile(share: number): number {
  expectShare('normalQuantile', share);
  // The complementary function keeps the digits of a small share, the plain one does not.
  return share < 0.5 ? -Math.SQRT2 * inverseErfc(2 * share) : Math.SQRT2 * inverseErfc(2 * (1 - share));
}

/**
 * How much of Student's t distribution lies beyond `t` on both sides together: the p of a t test.
 *
 * @param degreesOfFreedom above 0, need not be whole; Infinity is the normal distribution
 * @source Student (Gosset), "The Probable Error of a Mean", Biometrika 6(1), 1908.
 */
export function tTwoSided(t: number, degreesOfFreedom: number): number {
  return 2 * tCdf(-Math.abs(t), degreesOfFreedom);
}

/**
 * How much of Student's t distribution lies below `t`.
 *
 * @param degreesOfFreedom above 0, need not be whole; Infinity is the normal distribution
 * @source Student (Gosset), "The Probable Error of a Mean", Biometrika 6(1), 1908.
 */
export function tCdf(t: number, degreesOfFreedom: number): number {
  return degreesOfFreedom === Infinity ? normalCdf(t) : stdTCdf(t, degreesOfFreedom);
}

/**
 * The number below which a share of Student's t distribution lies.
 *
 * @throws RangeError when the share is not above 0 and below 1
 * @source Student (Gosset), "The Probable Error of a Mean", Biometrika 6(1), 1908.
 */
export function tQuantile(share: number, degreesOfFreedom: number): number {
  expectShare('tQuantile', share);
  return degreesOfFreedom === Infinity ? normalQuantile(share) : stdTQuantile(share, degreesOfFreedom);
}

/**
 * How much of the chi-square distribution lies above `x`: the p of a chi-square test.
 *
 * @source Pearson, "On the Criterion that a Given System of Deviations from the Probable ...", Philosophical Magazine 50, 1900.
 */
export function chiSquareTail(x: number, degreesOfFreedom: number): number {
  return incompleteGamma(x / 2, degreesOfFreedom / 2, true, true);
}

/**
 * How much of the beta distribution lies below `x`: what is believed of a rate after `a - 1` successes and `b - 1` failures.
 *
 * @source DiDonato & Morris, "Algorithm 708: Significant Digit Computation of the Incomplete Beta Function Ratios", ACM TOMS 18(3),
 *   1992 (through the package of stdlib).
 */
export const betaCdf = (x: number, a: number, b: number): number => stdBetaCdf(x, a, b);

/** The number below which a share of the beta distribution lies. @throws RangeError when the share is not above 0 and below 1 */
export function betaQuantile(share: number, a: number, b: number): number {
  expectShare('betaQuantile', share);
  return stdBetaQuantile(share, a, b);
}

/** The logarithm of the gamma function, (x - 1)! for whole numbers. */
export const logGamma = (x: number): number => logGammaOf(x);

function expectShare(name: string, share: number): void {
  if (!(share > 0 && share < 1))
    throw new RangeError(`${name}: the share must be above 0 and below 1, got ${share}`);
}
