import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { drawOrderQuestion, orderKinds } from '../../lib/objectives/order';

const sorted = (items: Iterable<number>): number[] => [...items].sort((a, b) => a - b);
const history = fc
  .array(fc.integer({ min: 1, max: 6 }), { minLength: 0, maxLength: 12 })
  .map(Int32Array.from.bind(Int32Array) as (items: number[]) => Int32Array);

describe('a question about order', () => {
  it('swaps two slices: second half first, of an odd number the second has one event more', () => {
    const items = Int32Array.of(1, 2, 3, 4, 5);
    const options = { kind: 'pair', length: 9 } as const;
    expect([...drawOrderQuestion(items, { ...options, isInOrder: true }, createRng(1))!]).toEqual([
      1, 2, 3, 4, 5,
    ]);
    expect([...drawOrderQuestion(items, { ...options, isInOrder: false }, createRng(1))!]).toEqual([
      3, 4, 5, 1, 2,
    ]);
  });

  it('reads the same stretch whatever the answer is, spoilt or not, and leaves the history alone', () => {
    fc.assert(
      fc.property(
        history,
        fc.constantFrom(...orderKinds),
        fc.integer({ min: 2, max: 7 }),
        fc.nat(),
        (items, kind, length, seed) => {
          const before = [...items];
          const [right, wrong] = [true, false].map((isInOrder) =>
            drawOrderQuestion(items, { kind, length, isInOrder }, createRng(seed)),
          );
          expect([...items]).toEqual(before);
          expect(right === null).toBe(wrong === null);
          if (!right || !wrong) return;
          expect(right.length).toBe(Math.min(length, items.length));
          expect(sorted(wrong)).toEqual(sorted(right));
          expect([...wrong]).not.toEqual([...right]);
          // In order: a stretch of the history.
          expect(`,${before.join()},`).toContain(`,${[...right].join()},`);
        },
      ),
    );
  });

  it('is none where no order can be told, and is drawn from all places', () => {
    const ask = (items: number[], kind: 'pair' | 'permuted', seed = 1): Int32Array | null =>
      drawOrderQuestion(Int32Array.from(items), { kind, length: 4, isInOrder: true }, createRng(seed));
    expect(ask([], 'pair')).toBeNull();
    expect(ask([1], 'pair')).toBeNull();
    expect(ask([1, 2, 1, 2], 'pair')).toBeNull();
    expect(ask([1, 2, 1, 2], 'permuted')).not.toBeNull();
    expect(ask([3, 3, 3], 'permuted')).toBeNull();
    const starts = new Set(
      Array.from({ length: 60 }, (_, seed) => ask([1, 2, 3, 4, 5, 6], 'pair', seed)![0]),
    );
    expect(sorted(starts as Set<number>)).toEqual([1, 2, 3]);
  });

  it('shuffles to every other order alike often', () => {
    const rng = createRng(5);
    const counts = new Map<string, number>();
    for (let n = 0; n < 1000; n++) {
      const own = drawOrderQuestion(
        Int32Array.of(1, 2, 3),
        { kind: 'permuted', length: 3, isInOrder: false },
        rng,
      )!;
      counts.set(own.join(), (counts.get(own.join()) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['1,3,2', '2,1,3', '2,3,1', '3,1,2', '3,2,1']);
    // 200 each, standard deviation 12.6.
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(5 * 12.6);
  });

  it('refuses a length that holds no order', () => {
    for (const length of [1, 2.5]) {
      expect(() =>
        drawOrderQuestion(Int32Array.of(1, 2), { kind: 'pair', length, isInOrder: true }, createRng(1)),
      ).toThrow('length must be a whole number from 2');
    }
  });
});
