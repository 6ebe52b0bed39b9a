import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskItems } from '../../../lib/preprocessing/augmentation/mask';
import { anySequence, countDraws, isEven } from './sequence';

describe('masking', () => {
  it('hides as many items as asked for, says where, and leaves the others and its input alone', () => {
    fc.assert(
      fc.property(anySequence, ({ items, share, rng }) => {
        const before = items.slice();
        const { items: hidden, masked } = maskItems(items, { share, maskIndex: 99 }, rng);
        expect(items).toEqual(before);
        expect(masked.length).toBe(Math.floor(items.length * share + 1e-9));
        expect(masked).toEqual(masked.slice().sort());
        for (const [position, item] of items.entries()) {
          expect(hidden[position]).toBe(masked.includes(position) ? 99 : item);
        }
      }),
    );
  });

  it('hides every pair of five places with the same chance', () => {
    const draw = countDraws((rng) => maskItems(new Int32Array(5), { share: 0.4, maskIndex: 9 }, rng).masked);
    expect(isEven(draw, 10)).toBe(true);
  });
});
