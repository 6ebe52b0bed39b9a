import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { meanInterval } from '../../lib/evaluation/mean-interval';

describe('the interval of a mean', () => {
  it('agrees with scipy', () => {
    // scipy: x = [.0, 1, .5, .2, .9, .3]; stats.norm.interval(.95, loc=np.mean(x), scale=stats.sem(x))
    const { mean, low, high } = meanInterval([0, 1, 0.5, 0.2, 0.9, 0.3]);
    expect(mean).toBeCloseTo(0.48333333333333334, 12);
    expect(low).toBeCloseTo(0.16561490259208006, 12);
    expect(high).toBeCloseTo(0.8010517640745867, 12);
  });

  it('of differences of pairs is narrower than one that takes the two for strangers', () => {
    const rng = createRng(2);
    const first = Array.from({ length: 400 }, () => rng.normal());
    const second = first.map((value) => value + 0.2 + 0.1 * rng.normal());
    const { low, high } = meanInterval(second.map((value, at) => value - first[at]!));
    expect(low).toBeGreaterThan(0.15);
    expect(high - low).toBeLessThan(0.1 * 0.4); // alone, each mean is known to about .2
  });

  it('holds the truth in about 95 of 100 samples', () => {
    const rng = createRng(1);
    let held = 0;
    for (let sample = 0; sample < 1000; sample++) {
      const { low, high } = meanInterval(Array.from({ length: 60 }, () => Number(rng.next() < 0.3)));
      if (low <= 0.3 && 0.3 <= high) held += 1;
    }
    expect(held).toBeGreaterThan(915);
    expect(held).toBeLessThan(975);
  });

  it('is refused where it would mean nothing', () => {
    expect(() => meanInterval([1])).toThrow('meanInterval: needs 2 values or more, got 1');
    expect(() => meanInterval([1, 2], 0)).toThrow('z must be above 0, got 0');
    expect(() => meanInterval([1, Number.NaN])).toThrow(RangeError);
  });
});
