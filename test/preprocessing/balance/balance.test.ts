import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { classWeights } from '../../../lib/preprocessing/balance/class-weights';
import { resample } from '../../../lib/preprocessing/balance/resample';

const anyLabels = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 });
const countsOf = (labels: readonly number[]): number[] =>
  [0, 1, 2, 3, 4].map((label) => labels.filter((own) => own === label).length);

describe('class weights', () => {
  it('are those of scikit-learn', () => {
    // scikit-learn 1.9.1: compute_class_weight('balanced', classes=[0, 1, 2], y=[0, 0, 0, 0, 0, 0, 1, 1, 1, 2])
    const weights = classWeights([0, 0, 0, 0, 0, 0, 1, 1, 1, 2], 3);
    for (const [label, weight] of [0.5555555555555556, 1.1111111111111112, 3.3333333333333335].entries()) {
      expect(weights[label]).toBeCloseTo(weight, 12);
    }
  });

  it('let all classes weigh the same together, and an example 1 on average', () => {
    fc.assert(
      fc.property(anyLabels, (labels) => {
        const weights = classWeights(labels, 5);
        const total = labels.reduce((sum, label) => sum + weights[label]!, 0);
        expect(total).toBeCloseTo(labels.length, 9);
        const counts = countsOf(labels);
        const present = counts.filter((count) => count > 0).length;
        for (const [label, count] of counts.entries()) {
          expect(count * weights[label]!).toBeCloseTo(count === 0 ? 0 : labels.length / present, 9);
        }
      }),
    );
  });

  it('refuse labels that are none', () => {
    expect(() => classWeights([], 2)).toThrow(new RangeError('classWeights: there are no labels'));
    for (const label of [2, -1, 0.5, Number.NaN]) {
      expect(() => classWeights([0, label], 2)).toThrow(/the label .* of example 1 is none of 0 to 1/);
    }
  });
});

describe('resampling', () => {
  it('over: every class as large as the largest, no example lost', () => {
    fc.assert(
      fc.property(anyLabels, fc.integer(), (labels, seed) => {
        const chosen = [...resample(labels, 5, 'over', createRng(seed))];
        const most = Math.max(...countsOf(labels));
        const counts = countsOf(chosen.map((example) => labels[example]!));
        expect(counts).toEqual(countsOf(labels).map((count) => (count > 0 ? most : 0)));
        expect(new Set(chosen).size).toBe(labels.length);
      }),
    );
  });

  it('under: every class as small as the smallest, no example twice', () => {
    fc.assert(
      fc.property(anyLabels, fc.integer(), (labels, seed) => {
        const chosen = [...resample(labels, 5, 'under', createRng(seed))];
        const least = Math.min(...countsOf(labels).filter((count) => count > 0));
        const counts = countsOf(chosen.map((example) => labels[example]!));
        expect(counts).toEqual(countsOf(labels).map((count) => (count > 0 ? least : 0)));
        expect(new Set(chosen).size).toBe(chosen.length);
      }),
    );
  });

  it('draws the same with the same seed, and from all examples with others', () => {
    const labels = [0, 0, 0, 0, 1];
    const draw = (seed: number): number[] => [...resample(labels, 2, 'under', createRng(seed))];
    expect(draw(1)).toEqual(draw(1));
    const seen = new Set(Array.from({ length: 100 }, (_, seed) => draw(seed)).flat());
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4]);
  });
});
