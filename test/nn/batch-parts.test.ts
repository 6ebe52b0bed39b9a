import fc from 'fast-check';
import { expect, it } from 'vitest';
import { batchParts } from '../../lib/nn/batch-parts';

it('cuts a batch into parts of 64 sequences or more, four at most', () => {
  expect([0, 1, 127, 128, 131, 500, 513].map((B) => batchParts(B))).toEqual([
    [0],
    [1],
    [127],
    [64, 64],
    [65, 66],
    [125, 125, 125, 125],
    [128, 128, 128, 129],
  ]);
});

it('leaves no sequence out, and the parts differ by at most 1', () => {
  fc.assert(
    fc.property(fc.nat(10_000), (B) => {
      const sizes = batchParts(B);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(B);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      expect(sizes.length).toBeLessThanOrEqual(4);
    }),
  );
});
