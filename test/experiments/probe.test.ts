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

  it('learns from a share of the labels: the fewer, the worse, and never from the others', () => {
    const { vectors, labels } = planted(2);
    const area = (labelShare: number): number =>
      mean(probe(vectors, labels, { seed: 1, labelShare }).aurocs!);
    const [few, all] = [area(0.02), area(1)];
    expect(few).toBeLessThan(all - 0.03);
    expect(few).toBeGreaterThan(0.5);
    expect(area(0.5)).toBeGreaterThan(few);
    for (const share of [0, 1.1, Number.NaN]) expect(() => area(share)).toThrow('labelShare must be above 0');
  });

  it('is the same for columns of mostly zeros, whether their zero stays or is moved', () => {
    const rng = createRng(8);
    const labels = Int32Array.from({ length: cases }, () => rng.integer(2));
    const isSeen = Array.from({ length: 6 * cases }, (_, place) => {
      const likes = place % 6 === labels[Math.floor(place / 6)];
      return Number(rng.next() < (likes ? 0.4 : 0.1));
    });
    const [zero, moved] = [0, 7].map((shift) =>
      probe(
        matrix(
          cases,
          6,
          Float32Array.from(isSeen, (seen) => seen + shift),
        ),
        labels,
        { seed: 2, strengths: [0.1] },
      ),
    );
    for (const [fold, area] of zero!.aurocs!.entries()) expect(area).toBeCloseTo(moved!.aurocs![fold]!, 2);
    expect(mean(zero!.aurocs!)).toBeGreaterThan(0.65);
  });
});
