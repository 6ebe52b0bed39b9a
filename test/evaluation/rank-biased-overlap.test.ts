import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankBiasedOverlap } from '../../lib/evaluation/rank-biased-overlap';

const a = [3, 1, 4, 15, 9, 2, 6, 5, 35, 8];
const b = [1, 3, 4, 9, 15, 26, 5, 35, 89, 7];

describe('rank-biased overlap', () => {
  it('agrees with the package rbo', () => {
    // rbo 0.1.3: rbo.RankingSimilarity(a, b).rbo_ext(p)
    expect(rankBiasedOverlap(a, b, 0.9)).toBeCloseTo(0.7189999642285715, 13);
    expect(rankBiasedOverlap(a, b, 0.5)).toBeCloseTo(0.47754216269841265, 13);
    expect(rankBiasedOverlap(a, b, 0.98)).toBeCloseTo(0.7089728889207223, 13);
    // rbo.RankingSimilarity(list('abcdefg'), list('bacdfeg')).rbo_ext(.9)
    expect(rankBiasedOverlap([0, 1, 2, 3, 4, 5, 6], [1, 0, 2, 3, 5, 4, 6], 0.9)).toBeCloseTo(0.886878, 12);
  });

  it('agrees with it for lists of different lengths, either way round', () => {
    // rbo.RankingSimilarity(a, b[:4]).rbo_ext(p)
    for (const [p, value] of [
      [0.9, 0.7978092434357142],
      [0.5, 0.47962084573412705],
    ] as const) {
      expect(rankBiasedOverlap(a, b.slice(0, 4), p)).toBeCloseTo(value, 13);
      expect(rankBiasedOverlap(b.slice(0, 4), a, p)).toBeCloseTo(value, 13);
    }
  });

  it('is between what shares nothing and what is equal, and a swap at the top costs most', () => {
    const list = fc.uniqueArray(fc.nat(12), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(list, list, fc.double({ min: 0.05, max: 0.98, noNaN: true }), (x, y, p) => {
        const found = rankBiasedOverlap(x, y, p);
        expect(found).toBeGreaterThanOrEqual(0);
        expect(found).toBeLessThanOrEqual(1);
        expect(rankBiasedOverlap(y, x, p)).toBeCloseTo(found, 12);
        expect(rankBiasedOverlap(x, x, p)).toBeCloseTo(1, 12);
        expect(
          rankBiasedOverlap(
            x,
            y.map((item) => item + 13),
            p,
          ),
        ).toBe(0);
      }),
    );
    const swapped = (at: number): number[] =>
      a.map((item, place) => (place === at ? a[at + 1]! : place === at + 1 ? a[at]! : item));
    const costs = [0, 3, 8].map((at) => 1 - rankBiasedOverlap(a, swapped(at), 0.9));
    expect(costs[0]).toBeGreaterThan(costs[1]!);
    expect(costs[1]).toBeGreaterThan(costs[2]!);
  });

  it('says nothing of an empty list, and refuses repeats and a p out of range', () => {
    expect(rankBiasedOverlap([], [1], 0.9)).toBeNaN();
    expect(() => rankBiasedOverlap([1, 1], [2, 3], 0.9)).toThrow('item 1 comes twice');
    expect(() => rankBiasedOverlap([1], [1], 1)).toThrow('below 1, got 1');
  });
});
