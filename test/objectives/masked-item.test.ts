import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { hideItems, type SequenceRows } from '../../lib/objectives/masked-item';

/** Rows of any lengths up to T, items from 1 to 9. */
const anyRows = fc
  .tuple(fc.integer({ min: 1, max: 8 }), fc.array(fc.nat(8), { minLength: 1, maxLength: 6 }))
  .map(([length, drawn]): SequenceRows => {
    const lengths = Int32Array.from(drawn, (own) => Math.min(own, length));
    const items = new Int32Array(lengths.length * length);
    for (const [row, own] of lengths.entries()) {
      for (let at = 0; at < own; at++) items[row * length + at] = 1 + ((row + 3 * at) % 9);
    }
    return { length, items, lengths };
  });
const maskIndex = 10;

describe('hiding items', () => {
  it('hides a share of each row, at least one, never padding; what is hidden is asked for, and nothing else', () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 1, max: 100 }), fc.nat(99), (rows, percent, seed) => {
        const share = percent / 100;
        const { items, targets } = hideItems(rows, { share, lastShare: 0, maskIndex }, createRng(seed));
        for (const [row, own] of rows.lengths.entries()) {
          const places = Array.from({ length: rows.length }, (_, at) => row * rows.length + at);
          const hidden = places.filter((place) => items[place] === maskIndex);
          expect(hidden.length).toBe(own === 0 ? 0 : Math.max(1, Math.floor((own * percent) / 100)));
          for (const place of places) {
            const isHidden = hidden.includes(place);
            expect(targets[place]).toBe(isHidden ? rows.items[place] : 0);
            if (!isHidden) expect(items[place]).toBe(rows.items[place]);
          }
        }
      }),
    );
  });

  it('hides the last item alone in the rows that ask for what comes next', () => {
    const rows = { length: 4, items: Int32Array.of(1, 2, 3, 0, 4, 5, 6, 7), lengths: Int32Array.of(3, 4) };
    const { items, targets } = hideItems(rows, { share: 0.9, lastShare: 1, maskIndex }, createRng(1));
    expect([...items]).toEqual([1, 2, maskIndex, 0, 4, 5, 6, maskIndex]);
    expect([...targets]).toEqual([0, 0, 3, 0, 0, 0, 0, 7]);
  });

  it('depends on its key alone, and changes nothing that it is given', () => {
    const items = Int32Array.from({ length: 40 }, (_, place) => 1 + (place % 9));
    const rows = { length: 20, items: items.slice(), lengths: Int32Array.of(20, 20) };
    const hide = (seed: number) =>
      hideItems(rows, { share: 0.3, lastShare: 0.5, maskIndex }, createRng(seed));
    expect(hide(1)).toEqual(hide(1));
    expect([2, 3, 4].map((seed) => [...hide(seed).items])).not.toEqual(
      [1, 1, 1].map((seed) => [...hide(seed).items]),
    );
    expect(rows.items).toEqual(items);
  });

  it('refuses shares that hide nothing, or more than there is', () => {
    const rows = { length: 1, items: Int32Array.of(1), lengths: Int32Array.of(1) };
    for (const share of [0, -0.1, 1.1, Number.NaN]) {
      expect(() => hideItems(rows, { share, lastShare: 0, maskIndex }, createRng(1))).toThrow(
        'share must be above 0',
      );
    }
    expect(() => hideItems(rows, { share: 1, lastShare: 2, maskIndex }, createRng(1))).toThrow('lastShare');
  });
});
