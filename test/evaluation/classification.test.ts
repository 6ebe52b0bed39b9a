import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accuracy,
  averageScores,
  binaryScores,
  classAverages,
  classScores,
} from '../../lib/evaluation/classification';

const labels = fc
  .array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 1, maxLength: 40 })
  .map((pairs) => ({ truth: pairs.map(([a]) => a), predicted: pairs.map(([, b]) => b) }));

describe('scores of classes', () => {
  /*
  scikit-learn 1.9.1; class 3 has a case that is found half, class 4 is never predicted
  t = [0,1,2,2,1,0,2,1,0,3,3,2,0,1,4]; p = [0,2,2,2,1,0,1,1,3,3,0,2,0,0,1]
  precision_score(t, p, average=None, zero_division=0)  ->  [.6, .5, .75, .5, 0]; and so on
  */
  const truth = [0, 1, 2, 2, 1, 0, 2, 1, 0, 3, 3, 2, 0, 1, 4];
  const predicted = [0, 2, 2, 2, 1, 0, 1, 1, 3, 3, 0, 2, 0, 0, 1];
  const scores = classScores(truth, predicted);

  it('agree with scikit-learn class by class', () => {
    expect(scores.map(({ label }) => label)).toEqual([0, 1, 2, 3, 4]);
    expect(scores.map(({ precision }) => precision)).toEqual([0.6, 0.5, 0.75, 0.5, 0]);
    expect(scores.map(({ recall }) => recall)).toEqual([0.75, 0.5, 0.75, 0.5, 0]);
    expect(scores.map(({ f1 }) => f1)).toEqual([0.6666666666666666, 0.5, 0.75, 0.5, 0]);
    expect(accuracy(truth, predicted)).toBe(0.6);
  });

  it.each([
    ['macro', 0.47000000000000003, 0.5, 0.4833333333333333],
    ['micro', 0.6, 0.6, 0.6],
    ['weighted', 0.56, 0.6, 0.5777777777777777],
  ] as const)('agree with scikit-learn averaged (%s)', (average, precision, recall, f1) => {
    const mean = averageScores(scores, average);
    expect(mean.precision).toBeCloseTo(precision, 14);
    expect(mean.recall).toBeCloseTo(recall, 14);
    expect(mean.f1).toBeCloseTo(f1, 14);
  });

  it('agree with scikit-learn for two classes', () => {
    // t = [(i*7)%5 < 2 for i in range(23)]; p = [(i*11)%7 < 3 for i in range(23)]; precision_score(t, p) and so on
    const yes = Array.from({ length: 23 }, (_, i) => Number((i * 7) % 5 < 2));
    const said = Array.from({ length: 23 }, (_, i) => Number((i * 11) % 7 < 3));
    const { precision, recall, f1 } = binaryScores(yes, said);
    expect(precision).toBeCloseTo(0.2, 14);
    expect(recall).toBeCloseTo(0.2222222222222222, 14);
    expect(f1).toBeCloseTo(0.21052631578947367, 14);
    expect(accuracy(yes, said)).toBeCloseTo(0.34782608695652173, 14);
    const turned = binaryScores(yes, said, 0);
    expect(turned.recall).toBeCloseTo(6 / 14, 14);
  });

  it('are 0 where there is nothing to divide by, and the counts say why', () => {
    const [never, , wrong] = classScores([1, 1, 0], [1, 1, 2]);
    expect(never).toEqual({ label: 0, support: 1, predicted: 0, right: 0, precision: 0, recall: 0, f1: 0 });
    expect(wrong).toEqual({ label: 2, support: 0, predicted: 1, right: 0, precision: 0, recall: 0, f1: 0 });
    expect(binaryScores([0, 0], [0, 0])).toMatchObject({ support: 0, predicted: 0, precision: 0, f1: 0 });
  });

  it('have a macro F1 that is not the harmonic mean of macro precision and recall', () => {
    const { precision, recall, f1 } = averageScores(classScores([0, 0, 0, 1], [0, 1, 1, 1]), 'macro');
    expect(precision).toBeCloseTo((1 + 1 / 3) / 2, 14);
    expect(recall).toBeCloseTo((1 / 3 + 1) / 2, 14);
    expect(f1).toBeCloseTo(0.5, 14);
    expect((2 * precision * recall) / (precision + recall)).toBeCloseTo(2 / 3, 14);
  });

  it('keep their laws: micro is the accuracy, so is weighted recall, F1 lies between precision and recall', () => {
    fc.assert(
      fc.property(labels, ({ truth: own, predicted: said }) => {
        const found = classScores(own, said);
        const right = accuracy(own, said);
        const [, micro, weighted] = classAverages.map((average) => averageScores(found, average));
        for (const value of Object.values(micro!)) expect(value).toBeCloseTo(right, 12);
        expect(weighted!.recall).toBeCloseTo(right, 12);
        for (const { precision, recall, f1 } of found) {
          expect(f1).toBeGreaterThanOrEqual(Math.min(precision, recall) - 1e-12);
          expect(f1).toBeLessThanOrEqual(Math.max(precision, recall) + 1e-12);
        }
      }),
    );
  });

  it('refuse lists of two lengths, no cases, labels that are none, and three classes for two', () => {
    expect(() => accuracy([], [])).toThrow('0 predictions for 0 cases');
    expect(() => classScores([1, 2], [1])).toThrow('1 predictions for 2 cases');
    expect(() => accuracy([1, 2], [1, Number.NaN])).toThrow('case 1 has the label 2 and was given NaN');
    expect(() => binaryScores([0, 1, 2], [0, 1, 2])).toThrow('beside 1 there are the labels 0, 2');
    expect(() => averageScores([], 'macro')).toThrow('there are no classes');
  });
});
