import type { Rng } from '../base/random';

/**
 * Draw a gamma number of scale 1: a waiting time for `shape` events.
 *
 * Mean and variance are `shape`. A shape below 1 is drawn as one of `shape` + 1 times U^(1 / shape).
 *
 * @throws RangeError when the shape is not above 0 and finite
 * @source Marsaglia & Tsang, "A Simple Method for Generating Gamma Variables", ACM TOMS 26(3), 2000, and its note
 *   on shapes below 1.
 */
export function drawGamma(shape: number, rng: Rng): number {
  if (!(shape > 0 && shape < Infinity)) {
    throw new RangeError(`drawGamma: the shape must be above 0, got ${shape}`);
  }
  if (shape < 1) return drawGamma(shape + 1, rng) * (1 - rng.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = rng.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - rng.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/**
 * Draw a share from 0 to 1 around `mean`: a beta number with parameters `mean` x `size` and (1 - `mean`) x `size`.
 *
 * Its variance is `mean` (1 - `mean`) / (`size` + 1): the larger `size`, the closer to the mean. A mean of 0 or 1
 * is returned as it is.
 *
 * @throws RangeError when the mean is not from 0 to 1 or the size not above 0 and finite
 * @source Johnson, Kotz & Balakrishnan, "Continuous Univariate Distributions", volume 2, 1995, chapter 25: a beta
 *   number as the share of one gamma number in two.
 */
export function drawBeta(mean: number, size: number, rng: Rng): number {
  if (!(mean >= 0 && mean <= 1)) throw new RangeError(`drawBeta: the mean must be from 0 to 1, got ${mean}`);
  if (!(size > 0 && size < Infinity)) throw new RangeError(`drawBeta: the size must be above 0, got ${size}`);
  if (mean === 0 || mean === 1) return mean;
  const first = drawGamma(mean * size, rng);
  const second = drawGamma((1 - mean) * size, rng);
  // Two tiny shapes can both come out as 0: then the share is as good as 0 or 1.
  return first + second === 0 ? Number(rng.next() < mean) : first / (first + second);
}
