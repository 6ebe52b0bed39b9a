import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { clipByGlobalNorm } from '../../lib/training/clip-by-global-norm';

beforeAll(async () => {
  await startBackend();
});

const gradients = (...values: number[][]): Map<string, tf.Tensor> =>
  new Map(values.map((numbers, index) => [`leaf${index}`, tf.tensor1d(numbers)]));

const numbersOf = (tensors: ReadonlyMap<string, tf.Tensor>): number[][] =>
  [...tensors.values()].map((tensor) => [...tensor.dataSync()]);

describe('clipping by the global norm', () => {
  it('shortens all gradients together to the longest allowed length', () => {
    const { clipped, norm } = clipByGlobalNorm(gradients([3], [0, 4]), 1);
    expect(norm.dataSync()[0]).toBeCloseTo(5, 6);
    expect(clipped.get('leaf0')!.dataSync()[0]).toBeCloseTo(0.6, 6);
    expect(clipped.get('leaf1')!.dataSync()[1]).toBeCloseTo(0.8, 6);
  });

  it('never exceeds the length, keeps the direction, and leaves short gradients bit for bit', () => {
    const number = fc
      .float({ min: -100, max: 100, noNaN: true })
      .map((value) => (Math.abs(value) < 1e-10 ? 0 : value)); // the square of less is none in 32 bits
    const some = fc.array(number, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(some, { minLength: 1, maxLength: 4 }),
        fc.float({ min: Math.fround(0.01), max: 500, noNaN: true }),
        (values, maxNorm) => {
          tf.tidy(() => {
            const length = Math.hypot(...values.flat());
            const { clipped, norm } = clipByGlobalNorm(gradients(...values), maxNorm);
            const got = numbersOf(clipped);
            expect(Math.abs(norm.dataSync()[0]! - length)).toBeLessThanOrEqual(1e-5 * length);
            expect(Math.hypot(...got.flat())).toBeLessThanOrEqual(maxNorm * (1 + 1e-5));
            if (length < maxNorm * (1 - 1e-5)) expect(got).toEqual(values);
            else {
              const share = Math.min(1, maxNorm / length);
              got.flat().forEach((value, place) => {
                const expected = values.flat()[place]! * share;
                expect(Math.abs(value - expected)).toBeLessThanOrEqual(2e-5 * Math.abs(expected));
              });
            }
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('clips nothing at Infinity, and still says the length', () => {
    const { clipped, norm } = clipByGlobalNorm(gradients([3e10], [4e10]), Infinity);
    expect(numbersOf(clipped)).toEqual([[Math.fround(3e10)], [Math.fround(4e10)]]);
    expect(norm.dataSync()[0]! / 5e10).toBeCloseTo(1, 6);
  });

  it('lets a gradient that is not a number show in the length', () => {
    for (const bad of [Number.NaN, Infinity]) {
      expect(Number.isFinite(clipByGlobalNorm(gradients([bad], [1]), 1).norm.dataSync()[0])).toBe(false);
    }
  });

  it('gives gradients of 0 back as 0', () => {
    expect(numbersOf(clipByGlobalNorm(gradients([0, 0]), 1).clipped)).toEqual([[0, 0]]);
  });

  it('keeps no tensors but its result, and not the caller’s', () => {
    const given = gradients([3], [4]);
    for (const maxNorm of [1, Infinity]) {
      const before = tf.memory().numTensors;
      const { clipped, norm } = clipByGlobalNorm(given, maxNorm);
      expect(tf.memory().numTensors).toBe(before + 3);
      tf.dispose([norm, ...clipped.values()]);
      expect(numbersOf(given)).toEqual([[3], [4]]);
    }
  });

  it.each([0, -1, Number.NaN])('refuses a longest length of %d', (maxNorm) => {
    expect(() => clipByGlobalNorm(gradients([1]), maxNorm)).toThrow(RangeError);
  });
});
