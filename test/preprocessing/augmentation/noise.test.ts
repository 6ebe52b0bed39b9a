import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { addNoise } from '../../../lib/preprocessing/augmentation/noise';

describe('noise', () => {
  it('has mean 0 and the deviation asked for, and leaves its input alone', () => {
    const features = new Float32Array(10_000).fill(3);
    const noise = addNoise(features, { deviation: 0.5 }, createRng(1)).map((noisy) => noisy - 3);
    expect(features.every((feature) => feature === 3)).toBe(true);
    const mean = noise.reduce((sum, x) => sum + x, 0) / noise.length;
    const deviation = Math.sqrt(noise.reduce((sum, x) => sum + x * x, 0) / noise.length);
    // Standard errors: .5 / 100 of the mean, .5 / sqrt(20000) of the deviation; four of each.
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(deviation - 0.5)).toBeLessThan(0.0142);
  });

  it('adds nothing at deviation 0, and refuses what is no deviation', () => {
    const features = Float32Array.of(1, -2);
    expect(addNoise(features, { deviation: 0 }, createRng(1))).toEqual(features);
    for (const deviation of [-1, Number.NaN, Infinity]) {
      expect(() => addNoise(features, { deviation }, createRng(1))).toThrow(RangeError);
    }
  });
});
