import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { bootstrapInterval } from '../../lib/evaluation/bootstrap-interval';
import { meanInterval } from '../../lib/evaluation/mean-interval';

const meanOf = (values: ArrayLike<number>) => (chosen: Int32Array) => {
  let sum = 0;
  for (const place of chosen) sum += values[place]!;
  return sum / chosen.length;
};

describe('bootstrap interval', () => {
  it('of a mean is that of the standard error, for many cases', () => {
    const rng = createRng(3);
    const values = Array.from({ length: 400 }, () => 5 + 2 * rng.normal());
    const found = bootstrapInterval(400, meanOf(values), { rng: createRng(1), resamples: 4000 });
    const expected = meanInterval(values);
    expect(found.value).toBeCloseTo(expected.mean, 12);
    // Percentiles of 4,000 draws wander by some 3 % of the interval.
    expect(Math.abs(found.low - expected.low)).toBeLessThan(0.03 * (expected.high - expected.low));
    expect(Math.abs(found.high - expected.high)).toBeLessThan(0.03 * (expected.high - expected.low));
    expect(found.standardError / ((expected.high - expected.low) / 3.92)).toBeCloseTo(1, 1);
  });

  it('holds the true median in about as many samples as it promises', () => {
    const truth = Math.log(2); // of the exponential distribution
    const rng = createRng(7);
    const samples = 300;
    let held = 0;
    for (let sample = 0; sample < samples; sample++) {
      const values = Float64Array.from({ length: 61 }, () => -Math.log(1 - rng.next()));
      const median = (chosen: Int32Array): number =>
        Float64Array.from(chosen, (place) => values[place]!).sort()[30]!;
      const { low, high } = bootstrapInterval(61, median, { rng, resamples: 300, level: 0.9 });
      if (low <= truth && truth <= high) held += 1;
    }
    // 90 % ± 3.3 standard errors of a share among 300.
    expect(held / samples).toBeGreaterThan(0.843);
    expect(held / samples).toBeLessThan(0.957);
  });

  it('takes the percentiles of NumPy', () => {
    // Resample r gives r: np.quantile(np.arange(101), [.05, .95]) = [5, 95]; np.quantile(np.arange(100), [.025, .975]) = [2.475, 96.525]
    const counting = () => {
      let calls = -1;
      return () => Math.max(0, ++calls - 1);
    };
    const found = bootstrapInterval(2, counting(), { rng: createRng(1), resamples: 101, level: 0.9 });
    expect([found.low, found.high].map((end) => Number(end.toFixed(9)))).toEqual([5, 95]);
    const other = bootstrapInterval(2, counting(), { rng: createRng(1), resamples: 100 });
    expect(other.low).toBeCloseTo(2.475, 9);
    expect(other.high).toBeCloseTo(96.525, 9);
  });

  it('is the same for the same seed, and is a point where all cases are alike', () => {
    const values = [1, 5, 2, 8, 3];
    const of = (seed: number) => bootstrapInterval(5, meanOf(values), { rng: createRng(seed) });
    expect(of(4)).toEqual(of(4));
    expect(of(4)).not.toEqual(of(5));
    const alike = bootstrapInterval(3, meanOf([2, 2, 2]), { rng: createRng(1) });
    expect(alike).toEqual({ value: 2, low: 2, high: 2, standardError: 0 });
  });

  it('refuses single cases, few resamples, and a number that is none', () => {
    const rng = createRng(1);
    expect(() => bootstrapInterval(1, () => 0, { rng })).toThrow('2 cases or more');
    expect(() => bootstrapInterval(9, () => 0, { rng, resamples: 99 })).toThrow('whole number from 100');
    expect(() => bootstrapInterval(9, () => 0, { rng, level: 1 })).toThrow('below 1, got 1');
    expect(() => bootstrapInterval(9, () => NaN, { rng })).toThrow('resample 0 gives NaN');
  });
});
