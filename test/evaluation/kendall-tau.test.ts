import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kendallTauB } from '../../lib/evaluation/kendall-tau';

describe('Kendall’s tau-b', () => {
  it('agrees with scipy, ties included', () => {
    // scipy 1.17: kendalltau([1,2,2,3,5,5,5], [2,1,3,3,4,4,6]).statistic; and without ties
    expect(kendallTauB([1, 2, 2, 3, 5, 5, 5], [2, 1, 3, 3, 4, 4, 6])).toBeCloseTo(0.7789808377045201, 14);
    expect(kendallTauB([0.1, 0.4, 0.3, 0.2], [0.5, 0.9, 0.8, 0.7])).toBe(1);
    expect(kendallTauB([1, 2, 3, 4], [1, 2, 4, 3])).toBeCloseTo(2 / 3, 14); // one swap of neighbours
  });

  it('is 1 with itself, the same both ways round, and turns with one list', () => {
    const lists = fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(lists, (pairs) => {
        const [a, b] = [pairs.map(([own]) => own), pairs.map(([, own]) => own)];
        fc.pre(new Set(a).size > 1 && new Set(b).size > 1);
        expect(kendallTauB(a, a)).toBeCloseTo(1, 12);
        expect(kendallTauB(b, a)).toBeCloseTo(kendallTauB(a, b), 12);
        const turned = b.map((own) => -own);
        expect(kendallTauB(a, turned)).toBeCloseTo(-kendallTauB(a, b), 12);
        expect(Math.abs(kendallTauB(a, b))).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  it('refuses what is no order', () => {
    expect(() => kendallTauB([1, 1], [1, 2])).toThrow('all figures of a list are equal');
    expect(() => kendallTauB([1], [1])).toThrow('all figures of a list are equal');
    expect(() => kendallTauB([1, 2], [1])).toThrow('2 and 1 figures');
    expect(() => kendallTauB([1, Number.NaN], [1, 2])).toThrow('the figures of 1 are NaN and 2');
  });
});
