import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustedRand } from '../../lib/evaluation/adjusted-rand';
import { contingency } from '../../lib/evaluation/contingency';
import {
  entropy,
  mutualInformation,
  normalizedMutualInformation,
} from '../../lib/evaluation/normalized-mutual-information';
import { pairwiseAgreement } from '../../lib/evaluation/pairwise-agreement';
import { purity } from '../../lib/evaluation/purity';
import { vMeasure } from '../../lib/evaluation/v-measure';

/**
 * scikit-learn 1.9.1: normalized_mutual_info_score(a, b), homogeneity_completeness_v_measure(a, b)[:2], and of
 * c = contingency_matrix(a, b): c.max(0).sum() / c.sum()
 */
const examples = [
  { a: [0, 0, 1, 1], b: [0, 0, 1, 2], nmi: 0.8, homogeneity: 1, completeness: 2 / 3, pure: 1 },
  {
    a: [0, 0, 1, 1, 2, 2, 2],
    b: [1, 1, 0, 0, 0, 2, 2],
    nmi: 0.7471790950662619,
    homogeneity: 0.7471790950662619,
    completeness: 0.7471790950662619,
    pure: 6 / 7,
  },
  { a: [0, 0, 1, 1], b: [0, 1, 0, 1], nmi: 0, homogeneity: 0, completeness: 0, pure: 0.5 },
  {
    a: [0, 0, 0, 1, 1, 1],
    b: [0, 0, 1, 1, 2, 2],
    nmi: 0.5158037429793889,
    homogeneity: 2 / 3,
    completeness: 0.420619835714305,
    pure: 5 / 6,
  },
] as const;

/** Two groupings of the same things. */
const groupings = fc
  .array(fc.tuple(fc.integer({ min: -1, max: 3 }), fc.integer({ min: -1, max: 3 })), {
    minLength: 1,
    maxLength: 20,
  })
  .map((pairs) => ({ a: pairs.map(([one]) => one), b: pairs.map(([, other]) => other) }));

describe('agreement of two groupings', () => {
  it('equals scikit-learn', () => {
    for (const { a, b, nmi, homogeneity, completeness, pure } of examples) {
      expect(normalizedMutualInformation(a, b)).toBeCloseTo(nmi, 14);
      expect(vMeasure(a, b).homogeneity).toBeCloseTo(homogeneity, 14);
      expect(vMeasure(a, b).completeness).toBeCloseTo(completeness, 14);
      expect(purity(a, b)).toBeCloseTo(pure, 14);
    }
  });

  it('counts 1 where one group each leaves nothing to say, as scikit-learn does', () => {
    expect(normalizedMutualInformation([7, 7], [3, 3])).toBe(1);
    expect(vMeasure([7, 7], [3, 3])).toEqual({ homogeneity: 1, completeness: 1, vMeasure: 1 });
    expect(normalizedMutualInformation([0, 0], [0, 1])).toBe(0);
    expect(vMeasure([0, 1], [0, 0])).toEqual({ homogeneity: 0, completeness: 1, vMeasure: 0 });
  });

  it('has the entropies of school: one bit for two halves, and information never above either', () => {
    expect(entropy([5, 5])).toBeCloseTo(Math.log(2), 15);
    expect(entropy([1, 1, 1, 1])).toBeCloseTo(Math.log(4), 15);
    fc.assert(
      fc.property(groupings, ({ a, b }) => {
        const table = contingency('test', a, b);
        const information = mutualInformation(table);
        expect(information).toBeGreaterThanOrEqual(0);
        expect(information).toBeLessThanOrEqual(entropy(table.rowSums) + 1e-12);
        expect(information).toBeLessThanOrEqual(entropy(table.columnSums) + 1e-12);
      }),
    );
  });

  it('is symmetric, 1 for the same groups under other names, and the V-measure is the NMI', () => {
    fc.assert(
      fc.property(groupings, ({ a, b }) => {
        const renamed = a.map((label) => 9 - 2 * label);
        expect(normalizedMutualInformation(a, renamed)).toBeCloseTo(1, 12);
        expect(purity(a, renamed)).toBe(1);
        const nmi = normalizedMutualInformation(a, b);
        expect(normalizedMutualInformation(b, a)).toBeCloseTo(nmi, 12);
        expect(vMeasure(a, b).vMeasure).toBeCloseTo(nmi, 12);
        expect(vMeasure(b, a).homogeneity).toBeCloseTo(vMeasure(a, b).completeness, 12);
      }),
    );
  });

  it('purity never falls when a cluster is split, and is 1 for singletons', () => {
    fc.assert(
      fc.property(groupings, ({ a, b }) => {
        const split = b.map((label, thing) => 10 * label + (thing % 2));
        expect(purity(a, split)).toBeGreaterThanOrEqual(purity(a, b));
        expect(
          purity(
            a,
            a.map((_, thing) => thing),
          ),
        ).toBe(1);
      }),
    );
  });

  it.each(Object.entries({ normalizedMutualInformation, vMeasure, purity }))(
    '%s refuses groupings of different things',
    (name, measure) => {
      expect(() => measure([0], [0, 1])).toThrow(
        `${name}: needs two groupings of the same things, got 1 and 2`,
      );
      expect(() => measure([], [])).toThrow('got 0 and 0');
    },
  );
});

describe('adjustedRand', () => {
  it('equals scikit-learn', () => {
    // scikit-learn 1.9.1: adjusted_rand_score(a, b)
    expect(adjustedRand([0, 0, 1, 1], [0, 0, 1, 2])).toBeCloseTo(0.5714285714285714, 14);
    expect(adjustedRand([0, 0, 1, 1, 2, 2, 2], [1, 1, 0, 0, 0, 2, 2])).toBeCloseTo(0.475, 14);
    expect(adjustedRand([0, 0, 1, 1], [0, 1, 0, 1])).toBeCloseTo(-0.5, 14);
    expect(adjustedRand([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2])).toBeCloseTo(0.24242424242424243, 14);
  });

  it('is 1 for the same groups under other names, symmetric, and at most 1', () => {
    const labels = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(labels, labels, (a, b) => {
        expect(
          adjustedRand(
            a,
            a.map((label) => 7 - label),
          ),
        ).toBe(1);
        const length = Math.min(a.length, b.length);
        const [left, right] = [a.slice(0, length), b.slice(0, length)];
        const value = adjustedRand(left, right);
        expect(value).toBe(adjustedRand(right, left));
        expect(value).toBeLessThanOrEqual(1);
        expect(value).toBeGreaterThanOrEqual(-0.5);
      }),
    );
  });

  it('refuses groupings of different things', () => {
    expect(() => adjustedRand([0], [0, 1])).toThrow('got 1 and 2');
    expect(() => adjustedRand([], [])).toThrow('got 0 and 0');
  });
});

describe('pairwiseAgreement', () => {
  it('compares each grouping with each later one, in order', () => {
    const groupings = [
      [0, 0, 1, 1],
      [5, 5, 3, 3],
      [0, 1, 0, 1],
    ];
    expect(pairwiseAgreement(groupings).map((value) => Number(value.toFixed(12)))).toEqual([1, -0.5, -0.5]);
    expect(() => pairwiseAgreement([[0, 1]])).toThrow('needs 2 groupings or more, got 1');
    expect(() => pairwiseAgreement([[0, 1], [0]])).toThrow('got 2 and 1');
  });
});
