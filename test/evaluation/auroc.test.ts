import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { auroc } from '../../lib/evaluation/auroc';
import { stratifiedFolds } from '../../lib/evaluation/stratified-folds';

describe('the area under the ROC curve', () => {
  it('agrees with scikit-learn, ties included', () => {
    // scikit-learn 1.9.1: s = np.round(np.sin(np.arange(20) * 2.3), 1); t = np.arange(20) * 3 % 7 < 3; roc_auc_score(t, s)
    const scores = Array.from({ length: 20 }, (_, i) => Math.round(10 * Math.sin(i * 2.3)) / 10);
    const labels = scores.map((_, i) => Number((i * 3) % 7 < 3));
    expect(auroc(scores, labels)).toBeCloseTo(0.5454545454545454, 12);
  });

  it('is the share of pairs in which the positive case stands above, half for equals', () => {
    const drawn = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean()), {
      minLength: 2,
      maxLength: 30,
    });
    fc.assert(
      fc.property(drawn, (cases) => {
        const [yes, no] = [
          cases.filter(([, positive]) => positive),
          cases.filter(([, positive]) => !positive),
        ];
        fc.pre(yes.length > 0 && no.length > 0);
        const wins = yes.flatMap(([a]) => no.map(([b]) => (a > b ? 1 : a === b ? 0.5 : 0) as number));
        const expected = wins.reduce((sum, win) => sum + win, 0) / wins.length;
        const found = auroc(
          cases.map(([score]) => score),
          cases.map(([, positive]) => Number(positive)),
        );
        expect(found).toBeCloseTo(expected, 12);
      }),
    );
  });

  it('refuses one kind of case alone, scores that are none, and lists of two lengths', () => {
    expect(() => auroc([1, 2], [1, 1])).toThrow('2 positive and 0 negative cases');
    expect(() => auroc([1, Number.NaN], [1, 0])).toThrow('is not a number');
    expect(() => auroc([1], [1, 0])).toThrow('1 scores for 2 cases');
  });
});

describe('stratified folds', () => {
  it('hold every label and every case evenly', () => {
    const drawn = fc.record({
      labels: fc.array(fc.nat(3), { minLength: 4, maxLength: 60 }),
      folds: fc.integer({ min: 2, max: 4 }),
      seed: fc.nat(99),
    });
    fc.assert(
      fc.property(drawn, ({ labels, folds, seed }) => {
        const foldOf = stratifiedFolds(labels, folds, createRng(seed));
        const spread = (cases: number[]): number => {
          const sizes = Array.from(
            { length: folds },
            (_, fold) => cases.filter((at) => foldOf[at] === fold).length,
          );
          return Math.max(...sizes) - Math.min(...sizes);
        };
        expect(spread([...labels.keys()])).toBeLessThanOrEqual(1);
        for (const label of new Set(labels)) {
          expect(spread([...labels.keys()].filter((at) => labels[at] === label))).toBeLessThanOrEqual(1);
        }
        expect(stratifiedFolds(labels, folds, createRng(seed))).toEqual(foldOf);
      }),
    );
  });

  it('differ between seeds, and cannot be more than there are cases', () => {
    const labels = Array.from({ length: 40 }, (_, at) => at % 2);
    expect(stratifiedFolds(labels, 5, createRng(1))).not.toEqual(stratifiedFolds(labels, 5, createRng(2)));
    expect(() => stratifiedFolds([0, 1], 3, createRng(1))).toThrow('folds must be 2 to 2');
  });
});
