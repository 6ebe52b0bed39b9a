import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countTrue } from '../../lib/nn/count-true';

describe('countTrue', () => {
  it('counts as adding one after the other, wherever the mask and the range begin', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 3000 }),
        fc.nat(7),
        fc.nat(3000),
        fc.nat(3000),
        (bits, offset, one, other) => {
          const mask = new Uint8Array(new ArrayBuffer(offset + bits.length), offset);
          mask.set(bits.map(Number));
          const [from, to] = [one, other]
            .map((place) => Math.min(place, bits.length))
            .sort((a, b) => a - b) as [number, number];
          expect(countTrue(mask, from, to)).toBe(mask.subarray(from, to).reduce((sum, bit) => sum + bit, 0));
        },
      ),
    );
  });

  it('does not overflow where everything is true', () => {
    expect(countTrue(new Uint8Array(100_003).fill(1), 1, 100_002)).toBe(100_001);
  });
});
