import { describe, expect, it } from 'vitest';
import { matrix } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import { probe } from '../../lib/experiments/probe';

const cases = 300;
/** Ten columns, of which the first tells the label as well as `signal` says, in a unit of its own. */
function planted(signal: number, classes = 2, seed = 3) {
  const rng = createRng(seed);
  const labels = Int32Array.from({ length: cases }, () => rng.integer(classes));
  const values = Float32Array.from({ length: 10 * cases }, (_, place) => {
    const noise = rng.normal();
    return place % 10 === 0 ? 1000 * (signal * labels[Math.floor(place / 10)]! + noise) : noise;
  });
  return { vectors: matrix(cases, 10, values), labels };
}
const mean = (of: readonly number[]): number => of.reduce((sum, x) => sum + x, 0) / of.length;

describe('asking vectors for a label', () => {
  it('finds what was planted, as well as it can be known', () => {
    const { vectors, labels } = planted(2);
    const { aurocs, accuracies } = probe(vectors, labels, { seed: 1 });
    // Two normal distributions at a distance of 2: the area is Phi(2 / sqrt 2) = .921, the best accuracy Phi(1) = .841.
    expect(mean(aurocs!)).toBeGreaterThan(0.921 - 0.05);
    expect(mean(aurocs!)).toBeLessThan(0.921 + 0.05);
    expect(mean(accuracies)).toBeGreaterThan(0.841 - 0.06);
    expect(mean(accuracies)).toBeLessThan(0.841 + 0.06);
  });

  it('finds nothing where nothing is: chosen settings do not see the test', () => {
    const found = Array.from({ length: 8 }, (_, seed) => {
      const { vectors, labels } = planted(0, 2, seed);
      return mean(probe(vectors, labels, { seed }).aurocs!);
    });
    // Standard error of one with 150 cases each: .033; of the mean of eight: .012.
    expect(Math.abs(mean(found) - 0.5)).toBeLessThan(0.036);
  });

  it('knows three classes, and has no ROC curve for them', () => {
    const { vectors, labels } = planted(4, 3);
    const { accuracies, aurocs, strengths } = probe(vectors, labels, { seed: 1, strengths: [0.1, 1] });
    expect(aurocs).toBeNull();
    // Distance 4 between neighbours: errors Phi(-2) at both ends and twice in the middle, 4/3 Phi(-2) = .030.
    expect(mean(accuracies)).toBeGreaterThan(0.93);
    expect(strengths.every((own) => own === 0.1 || own === 1)).toBe(true);
  });

  it('is the same for the same seed, whatever unit a column has', () => {
    const { vectors, labels } = planted(1);
    const once = probe(vectors, labels, { seed: 5 });
    expect(probe(vectors, labels, { seed: 5 })).toEqual(once);
    const values = vectors.values.map((value, place) => (place % 10 === 0 ? value / 1024 : value));
    expect(probe(matrix(cases, 10, values), labels, { seed: 5 })).toEqual(once);
  });
});
