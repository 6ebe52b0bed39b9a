import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averagePrecision } from '../../lib/evaluation/average-precision';

describe('average precision', () => {
  const scores = Array.from({ length: 20 }, (_, i) => Math.round(10 * Math.sin(i * 2.3)) / 10);
  const labels = scores.map((_, i) => Number((i * 3) % 7 < 3));

  it('agrees with scikit-learn, ties included, and not with trapezoids', () => {
    // scikit-learn 1.9.1: s = np.round(np.sin(np.arange(20) * 2.3), 1); t = np.arange(20) * 3 % 7 < 3
    // average_precision_score(t, s); p, r, _ = precision_recall_curve(t, s); auc(r, p)  ->  0.4940624734742382
    expect(averagePrecision(scores, labels)).toBeCloseTo(0.4964434258551905, 14);
    expect(Math.abs(averagePrecision(scores, labels) - 0.4940624734742382)).toBeGreaterThan(0.002);
    // q = [((i * 37) % 101) / 100 for i in range(40)]; t = [(i * 17) % 23 / 23 < q[i] for i in range(40)]
    const q = Array.from({ length: 40 }, (_, i) => ((i * 37) % 101) / 100);
    expect(
      averagePrecision(
        q,
        q.map((own, i) => Number(((i * 17) % 23) / 23 < own)),
      ),
    ).toBeCloseTo(0.883195637146539, 14);
  });

  it('is the mean of the precisions at the positive cases, where no scores are equal', () => {
    expect(averagePrecision([4, 3, 2, 1], [1, 0, 1, 0])).toBeCloseTo((1 + 2 / 3) / 2, 14);
    expect(averagePrecision([1, 2, 3], [1, 1, 1])).toBe(1);
  });

  it('is the share of positives for a scorer that says nothing, whatever the order of the cases', () => {
    expect(averagePrecision([5, 5, 5, 5], [1, 0, 0, 0])).toBe(0.25);
    const cases = fc.array(fc.tuple(fc.nat(4), fc.nat(1)), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(cases, (own) => {
        fc.pre(own.some(([, label]) => label === 1));
        const of = (list: [number, number][]): number =>
          averagePrecision(
            list.map(([score]) => score),
            list.map(([, label]) => label),
          );
        expect(of([...own].reverse())).toBeCloseTo(of(own), 12);
        expect(of(own)).toBeGreaterThan(0);
        expect(of(own)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('refuses cases without a positive one, scores and labels that are none', () => {
    expect(() => averagePrecision([1, 2], [0, 0])).toThrow('there is no positive case');
    expect(() => averagePrecision([1, Number.NaN], [0, 1])).toThrow('score 1 is not a number');
    expect(() => averagePrecision([1, 2], [0, 2])).toThrow('the label of case 1 is 2');
    expect(() => averagePrecision([], [])).toThrow('0 scores for 0 cases');
  });
});
