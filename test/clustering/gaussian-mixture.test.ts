import { beforeAll, describe, expect, it } from 'vitest';
import { matrixFromRows } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import { gaussianMixture, memberships } from '../../lib/clustering/gaussian-mixture';
import { logDensities } from '../../lib/clustering/normal-density';
import { adjustedRand } from '../../lib/evaluation/adjusted-rand';
import { startBackend } from '../../lib/nn/backend';
import { expected, pointsOf } from './scikit-learn/expected';

beforeAll(async () => {
  await startBackend();
});

describe('logDensities', () => {
  it('is the formula of school in one and two columns', () => {
    const into = new Float64Array(2);
    const line = matrixFromRows([[3], [7]]);
    const one = { mean: Float64Array.of(3), covariance: Float64Array.of(4) };
    for (const kind of ['full', 'diagonal'] as const) {
      expect(logDensities(kind, one, line, into)).toBe(true);
      expect(into[0]).toBeCloseTo(-Math.log(2 * Math.sqrt(2 * Math.PI)), 14);
      expect(into[1]).toBeCloseTo(-Math.log(2 * Math.sqrt(2 * Math.PI)) - 2, 14);
    }
    // SciPy 1.17.1: multivariate_normal([1, 2], [[2, .6], [.6, 1]]).logpdf([[1, 2], [0, 4]])
    const slanted = { mean: Float64Array.of(1, 2), covariance: Float64Array.of(2, 0.6, 0.6, 1) };
    logDensities('full', slanted, matrixFromRows([[1, 2], [0, 4]]), into); // prettier-ignore
    expect(into[0]).toBeCloseTo(-2.08522519, 8);
    expect(into[1]).toBeCloseTo(-5.56083494, 8);
  });

  it('says when a covariance is not positive definite', () => {
    const flat = { mean: new Float64Array(2), covariance: Float64Array.of(1, 1, 1, 1) };
    expect(logDensities('full', flat, matrixFromRows([[0, 0]]), new Float64Array(1))).toBe(false);
    const none = { mean: new Float64Array(2), covariance: Float64Array.of(1, 0) };
    expect(logDensities('diagonal', none, matrixFromRows([[0, 0]]), new Float64Array(1))).toBe(false);
  });
});

describe('gaussianMixture', () => {
  it.each(expected.mixture)('equals scikit-learn on $data, $k components, $covariance', (wanted) => {
    const { data, k, covariance } = wanted;
    const points = pointsOf[data];
    const start = Int32Array.from({ length: points.rows }, (_, point) => point % k);
    const found = gaussianMixture(points, { start, covariance, tolerance: 1e-9, maxIterations: 500 });
    expect(found.converged).toBe(true);
    expect(found.meanLogLikelihood).toBeCloseTo(wanted.meanLogLikelihood, 6);
    expect(Math.abs(found.bic / wanted.bic - 1)).toBeLessThan(1e-6);
    expect(Math.abs(found.aic / wanted.aic - 1)).toBeLessThan(1e-6);
    expect(adjustedRand(found.labels, wanted.labels)).toBe(1);
    const { components } = found.mixture;
    components.forEach(({ weight }, place) => expect(weight).toBeCloseTo(wanted.weights[place]!, 4));
    components
      .flatMap(({ mean }) => [...mean])
      .forEach((value, place) => expect(value).toBeCloseTo(wanted.means[place]!, 3));
    components
      .flatMap((component) => [...component.covariance])
      .forEach((value, place) => expect(value).toBeCloseTo(wanted.covariances[place]!, 3));
  });

  it('makes the points more likely in every round', () => {
    const points = pointsOf.blobs;
    const start = Int32Array.from({ length: points.rows }, (_, point) => point % 4);
    for (const covariance of ['full', 'diagonal'] as const) {
      let before = -Infinity;
      for (let maxIterations = 1; maxIterations <= 25; maxIterations++) {
        const { meanLogLikelihood, responsibilities } = gaussianMixture(points, {
          start,
          covariance,
          maxIterations,
          tolerance: 0,
        });
        expect(meanLogLikelihood).toBeGreaterThanOrEqual(before - 1e-9);
        before = meanLogLikelihood;
        for (let row = 0; row < points.rows; row++) {
          const own = responsibilities.subarray(4 * row, 4 * row + 4);
          expect(own.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
        }
      }
    }
  });

  it('finds two crossing clouds that k-means cannot part, and puts new points into them', () => {
    const rng = createRng(1);
    const truth = Int32Array.from({ length: 600 }, (_, row) => row % 2);
    const points = matrixFromRows(
      Array.from(truth, (group) => {
        const [long, short] = [5 * rng.normal(), 0.1 * rng.normal()];
        return group === 0 ? [long, long + short] : [long, short - long];
      }),
    );
    const found = gaussianMixture(points, { k: 2, rng: createRng(2) });
    expect(adjustedRand(found.labels, truth)).toBeGreaterThan(0.9);
    const own = memberships(found.mixture, matrixFromRows([[4, 4], [4, -4], [-3, -3]])).labels; // prettier-ignore
    expect(own[0]).toBe(own[2]);
    expect(own[0]).not.toBe(own[1]);
    // A diagonal mixture cannot slant: both clouds look the same to it.
    const upright = gaussianMixture(points, { k: 2, rng: createRng(2), covariance: 'diagonal' });
    expect(adjustedRand(upright.labels, truth)).toBeLessThan(0.5);
    expect(upright.bic).toBeGreaterThan(found.bic);
  });

  it('survives columns without variance, points far apart, and is the same for the same seed', () => {
    const rows = Array.from({ length: 40 }, (_, row) => [row < 20 ? 0 : 1e6, 7, row % 5]);
    const run = () => gaussianMixture(matrixFromRows(rows), { k: 2, rng: createRng(3) });
    expect(
      adjustedRand(
        run().labels,
        rows.map(([first]) => first!),
      ),
    ).toBe(1);
    expect([...run().responsibilities].every(Number.isFinite)).toBe(true);
    expect(run()).toEqual(run());
  });

  it('refuses what it cannot work with', () => {
    const rng = createRng(1);
    const three = matrixFromRows([[1], [2], [9]]);
    expect(() => gaussianMixture(matrixFromRows([[1], [NaN]]), { k: 1, rng })).toThrow('row 1');
    expect(() => gaussianMixture(three, { k: 4, rng })).toThrow('3 points cannot make 4 clusters');
    expect(() => gaussianMixture(matrixFromRows([[1], [1]]), { k: 2, rng })).toThrow('1 different points');
    expect(() => gaussianMixture(three, { k: 2, rng, restarts: 0 })).toThrow('got 0');
    expect(() => gaussianMixture(three, { k: 2, rng, maxIterations: 0 })).toThrow('got 0');
    expect(() => gaussianMixture(three, { k: 2, rng, regularization: -1 })).toThrow('got -1');
    expect(() => gaussianMixture(three, { start: Int32Array.of(0, 2, 2) })).toThrow('none of them empty');
    expect(() => gaussianMixture(three, { start: Int32Array.of(0, 1) })).toThrow(
      '3 points and 2 start groups',
    );
    expect(() => gaussianMixture(three, { k: 3, rng, regularization: 0 })).toThrow(
      'no width in some direction',
    );
    const { mixture } = gaussianMixture(three, { k: 1, rng });
    expect(mixture.components[0]!.mean[0]).toBe(4);
    expect(mixture.components[0]!.covariance[0]).toBeCloseTo((9 + 4 + 25) / 3, 5);
    expect(() => memberships(mixture, matrixFromRows([[1, 2]]))).toThrow('fitted on 1 columns, got 2');
  });
});
