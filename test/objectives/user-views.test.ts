import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { drawViews, viewKinds } from '../../lib/objectives/user-views';

/** Different items in ascending order: what order and what part a view has can be read from it. */
const ascending = (length: number): Int32Array => Int32Array.from({ length }, (_, place) => place + 1);
const anyCase = fc.record({
  events: fc.integer({ min: 2, max: 40 }),
  length: fc.integer({ min: 1, max: 25 }),
  seed: fc.nat(999),
});

describe('two views of a history', () => {
  it.each(viewKinds)('%s: events of it, at least one and at most T, by the key alone', (kind) => {
    fc.assert(
      fc.property(anyCase, ({ events, length, seed }) => {
        const history = ascending(events);
        const draw = () => drawViews(history, { kind, length, maskIndex: 99 }, createRng(seed));
        for (const view of draw()) {
          expect(view.length).toBeGreaterThanOrEqual(1);
          expect(view.length).toBeLessThanOrEqual(Math.min(length, events));
          for (const item of view) expect(item === 99 || (item >= 1 && item <= events)).toBe(true);
        }
        expect(draw()).toEqual(draw());
        expect(history).toEqual(ascending(events));
      }),
    );
  });

  it('halves share no event, keep the order, and together are all of a history that fits', () => {
    fc.assert(
      fc.property(anyCase, ({ events, length, seed }) => {
        const [one, other] = drawViews(ascending(events), { kind: 'halves', length }, createRng(seed));
        const each = Math.min(length, Math.floor(events / 2));
        expect([one.length, other.length]).toEqual([each, each]);
        expect(new Set([...one, ...other]).size).toBe(2 * each);
        for (const view of [one, other]) expect([...view]).toEqual([...view].toSorted((a, b) => a - b));
      }),
    );
  });

  it('slices are stretches without a gap, from anywhere and of many lengths', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 400; seed++) {
      for (const view of drawViews(ascending(6), { kind: 'slices', length: 4 }, createRng(seed))) {
        expect(view.at(-1)! - view[0]!).toBe(view.length - 1);
        seen.add(view.join());
      }
    }
    expect(seen.size).toBe(6 + 5 + 4 + 3);
  });

  it('augmented views are cropped to .6, masked at .3 or reordered, in turn', () => {
    const kinds = new Set<string>();
    for (let seed = 0; seed < 60; seed++) {
      const options = { kind: 'augmented', length: 10, maskIndex: 99 } as const;
      for (const view of drawViews(ascending(10), options, createRng(seed))) {
        const masked = view.filter((item) => item === 99).length;
        if (view.length === 6) kinds.add('crop');
        else if (masked > 0) kinds.add(`mask ${masked}`);
        else kinds.add(`reorder of ${new Set(view).size}`);
      }
    }
    expect([...kinds].toSorted()).toEqual(['crop', 'mask 3', 'reorder of 10']);
  });

  it('refuses a history that cannot be seen twice, and views without room', () => {
    expect(() => drawViews(ascending(1), { kind: 'halves', length: 4 }, createRng(1))).toThrow(RangeError);
    expect(() => drawViews(ascending(4), { kind: 'slices', length: 0 }, createRng(1))).toThrow(RangeError);
  });
});
