import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evenSizes } from '../../lib/nn/even-sizes';

it('cuts into parts that differ by at most 1 and leave nothing out', () => {
  expect(evenSizes(10, 3)).toEqual([3, 3, 4]);
  expect(evenSizes(500, 4)).toEqual([125, 125, 125, 125]);
  fc.assert(
    fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 64 }), (rows, parts) => {
      const sizes = evenSizes(rows, parts);
      expect(sizes).toHaveLength(parts);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(rows);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});
