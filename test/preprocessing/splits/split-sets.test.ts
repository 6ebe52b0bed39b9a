import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { splitSets } from '../../../lib/preprocessing/splits/split-sets';

const split = (items: number[][], validationShare: number, testShare: number, seed = 1) =>
  splitSets(
    items.map((own) => Int32Array.from(own)),
    { validationShare, testShare, rng: createRng(seed) },
  );

describe('a random split of sets', () => {
  it('puts every item of a user into one part, each as large as asked', () => {
    fc.assert(
      fc.property(fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 20 })), (items) => {
        const { training, validation, test } = split(items, 0.1, 0.2);
        for (const [user, own] of items.entries()) {
          const parts = [training[user]!, validation[user]!, test[user]!];
          expect(parts.flatMap((part) => [...part]).sort((a, b) => a - b)).toEqual(
            [...own].sort((a, b) => a - b),
          );
          expect(parts[1]).toHaveLength(Math.floor(0.1 * own.length));
          expect(parts[2]).toHaveLength(Math.floor(0.2 * own.length));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('counts a repeated item once, and draws for each user alone', () => {
    const { training, test } = split([[3, 3, 3, 4, 4]], 0, 0.5);
    expect([...training[0]!, ...test[0]!].sort()).toEqual([3, 4]);
    const many = Array.from({ length: 20 }, (_, item) => item + 1);
    expect(split([many, many], 0.1, 0.2).test[0]).toEqual(split([many], 0.1, 0.2).test[0]);
    expect(split([many, many], 0.1, 0.2).test[0]).not.toEqual(split([many, many], 0.1, 0.2).test[1]);
    expect(split([many], 0.1, 0.2).test[0]).not.toEqual(split([many], 0.1, 0.2, 2).test[0]);
  });

  it('refuses shares that leave nothing', () => {
    expect(() => split([[1]], 0.5, 0.5)).toThrow('together below 1');
    expect(() => split([[1]], -0.1, 0.5)).toThrow(RangeError);
  });
});
