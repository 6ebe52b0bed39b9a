import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reorderPositions } from '../../../lib/preprocessing/augmentation/reorder';
import { anySequence, countDraws, inOrder, isEven } from './sequence';

describe('reordering', () => {
  it('loses no event, and moves none outside one stretch of the length asked for', () => {
    fc.assert(
      fc.property(anySequence, ({ items, share, rng }) => {
        const positions = [...reorderPositions(items.length, { share }, rng)];
        expect([...positions].sort((a, b) => a - b)).toEqual(inOrder(items.length));
        const moved = positions.flatMap((position, place) => (position === place ? [] : [place]));
        if (moved.length > 0) {
          expect(moved.at(-1)! - moved[0]! + 1).toBeLessThanOrEqual(Math.floor(items.length * share + 1e-9));
        }
      }),
    );
  });

  it('draws the place and the order evenly: two neighbours of four, either way', () => {
    // Three places; at each, half of the draws leave the order as it is.
    const counts = countDraws((rng) => reorderPositions(4, { share: 0.5 }, rng));
    const unchanged = counts.get('0 1 2 3')!;
    counts.delete('0 1 2 3');
    expect(Math.abs(unchanged - 1000)).toBeLessThan(4 * Math.sqrt(500));
    expect([...counts.keys()].sort()).toEqual(['0 1 3 2', '0 2 1 3', '1 0 2 3']);
    for (const count of counts.values()) expect(Math.abs(count - 2000 / 6)).toBeLessThan(4 * Math.sqrt(278));
  });

  it('shuffles all of three events evenly', () => {
    expect(
      isEven(
        countDraws((rng) => reorderPositions(3, { share: 1 }, rng)),
        6,
      ),
    ).toBe(true);
  });
});
