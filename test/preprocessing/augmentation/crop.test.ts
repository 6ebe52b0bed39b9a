import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { cropPositions } from '../../../lib/preprocessing/augmentation/crop';
import { takePositions } from '../../../lib/preprocessing/augmentation/positions';
import { anySequence, countDraws, isEven } from './sequence';

describe('cropping', () => {
  it('keeps six tenths of ten events as one stretch, on every channel the same', () => {
    const kept = cropPositions(10, { share: 0.6 }, createRng(1));
    expect(kept).toHaveLength(6);
    const items = takePositions(Int32Array.of(10, 11, 12, 13, 14, 15, 16, 17, 18, 19), kept);
    const times = takePositions(Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), kept);
    expect(Array.from(items, (item) => item - 10)).toEqual(Array.from(times));
  });

  it('keeps one stretch inside the sequence, of the length asked for', () => {
    fc.assert(
      fc.property(anySequence, ({ items, share, rng }) => {
        const kept = cropPositions(items.length, { share }, rng);
        expect(kept.length).toBe(
          Math.min(items.length, Math.max(1, Math.floor(items.length * share + 1e-9))),
        );
        for (const [place, position] of kept.entries()) expect(position).toBe(kept[0]! + place);
        if (kept.length > 0) expect(kept.at(-1)).toBeLessThan(items.length);
      }),
    );
  });

  it('starts everywhere with the same chance', () => {
    expect(
      isEven(
        countDraws((rng) => cropPositions(7, { share: 3 / 7 }, rng)),
        5,
      ),
    ).toBe(true);
  });

  it('takes the last event of a sequence too, and nothing of an empty one', () => {
    expect([...cropPositions(1, { share: 0.1 }, createRng(1))]).toEqual([0]);
    expect([...cropPositions(0, { share: 0.5 }, createRng(1))]).toEqual([]);
  });

  it('refuses a share that is none', () => {
    expect(() => cropPositions(5, { share: 1.1 }, createRng(1))).toThrow(
      new RangeError('cropPositions: the share must be in [0, 1], got 1.1'),
    );
    expect(() => cropPositions(5, { share: Number.NaN }, createRng(1))).toThrow(RangeError);
  });
});
