import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { drawBeta, drawGamma } from '../../lib/data/gamma-draw';

const draws = 20_000;
const moments = (values: readonly number[]): { mean: number; variance: number } => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
};
const many = (draw: () => number): number[] => Array.from({ length: draws }, draw);

describe('drawGamma', () => {
  it.each([0.2, 0.7, 1, 3.5, 40])('has mean and variance %d for that shape', (shape) => {
    const rng = createRng(1);
    const { mean, variance } = moments(many(() => drawGamma(shape, rng)));
    // The variance of a gamma's sample variance is (2 shape^2 + 6 shape) / n.
    expect(Math.abs(mean - shape)).toBeLessThan(4 * Math.sqrt(shape / draws));
    expect(Math.abs(variance - shape)).toBeLessThan(4 * Math.sqrt((2 * shape ** 2 + 6 * shape) / draws));
  });

  it('of shape 1 is exponential: its median is ln 2', () => {
    const rng = createRng(2);
    const below = many(() => drawGamma(1, rng)).filter((value) => value < Math.LN2).length;
    expect(Math.abs(below / draws - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / draws));
  });

  it('refuses a shape that is none', () => {
    for (const shape of [0, -1, NaN, Infinity]) expect(() => drawGamma(shape, createRng(1))).toThrow(/shape/);
  });
});

describe('drawBeta', () => {
  it.each([
    [0.1, 10],
    [0.5, 2],
    [0.9, 0.5],
  ])('has mean %d and the variance of size %d', (mean, size) => {
    const rng = createRng(3);
    const values = many(() => drawBeta(mean, size, rng));
    const { mean: found, variance } = moments(values);
    const expected = (mean * (1 - mean)) / (size + 1);
    expect(Math.abs(found - mean)).toBeLessThan(4 * Math.sqrt(expected / draws));
    expect(variance / expected).toBeGreaterThan(0.93);
    expect(variance / expected).toBeLessThan(1.07);
    expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it('leaves certainty alone, and refuses what is no share or size', () => {
    const rng = createRng(4);
    expect(drawBeta(0, 5, rng)).toBe(0);
    expect(drawBeta(1, 5, rng)).toBe(1);
    expect(() => drawBeta(1.5, 5, rng)).toThrow(/mean must be from 0 to 1, got 1.5/);
    expect(() => drawBeta(0.5, 0, rng)).toThrow(/size must be above 0, got 0/);
  });
});
