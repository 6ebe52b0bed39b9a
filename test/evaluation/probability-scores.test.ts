import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auroc } from '../../lib/evaluation/auroc';
import { brierScore } from '../../lib/evaluation/brier-score';
import { calibrationCurve, expectedCalibrationError } from '../../lib/evaluation/calibration-curve';
import { logLoss } from '../../lib/evaluation/log-loss';

// q = [((i * 37) % 101) / 100 for i in range(40)]; y = [(i * 17) % 23 / 23 < q[i] for i in range(40)]; scikit-learn 1.9.1
const q = Array.from({ length: 40 }, (_, i) => ((i * 37) % 101) / 100);
const y = q.map((own, i) => Number(((i * 17) % 23) / 23 < own));

const forecasts = fc
  .array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1)), { minLength: 1, maxLength: 40 })
  .map((cases) => ({ p: cases.map(([own]) => own), labels: cases.map(([, label]) => label) }));

describe('log loss and Brier score', () => {
  it('agree with scikit-learn, at 0 and 1 too', () => {
    expect(logLoss(q, y)).toBeCloseTo(0.405737178621908, 14); // log_loss(y, q)
    expect(brierScore(q, y)).toBeCloseTo(0.12345000000000002, 14); // brier_score_loss(y, q)
    // log_loss([0, 1, 1, 0, 1], [0, 1, .25, 1, 0]): two certain and wrong
    expect(logLoss([0, 1, 0.25, 1, 0], [0, 1, 1, 0, 1])).toBeCloseTo(14.69472022787084, 12);
  });

  it('agree with Recommenders', () => {
    // Recommenders, tests/unit/recommenders/evaluation: ratings from 3 on are positive, predictions 5 to 14 scaled to 0..1
    const labels = [1, 1, 1, 1, 1, 1, 0, 0];
    const p = [14, 12, 7, 8, 13, 6, 11, 5].map((prediction) => (prediction - 5) / 9);
    expect(logLoss(p, labels)).toBeCloseTo(0.7835, 4);
    expect(auroc(p, labels)).toBe(0.75);
  });

  it('know the forecasts that say nothing', () => {
    expect(logLoss([0.5, 0.5], [0, 1])).toBeCloseTo(Math.log(2), 14);
    expect(brierScore([0.5, 0.5], [0, 1])).toBe(0.25);
    expect(logLoss([1], [0])).toBeCloseTo(36.04365338911715, 10); // 52 ln 2
  });

  it('are least for the probability itself', () => {
    // 3 of 10 happen: of all constant forecasts .3 is best.
    const labels = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
    for (const score of [logLoss, brierScore]) {
      const of = (p: number): number => score(new Float64Array(10).fill(p), labels);
      expect(of(0.3)).toBeLessThan(of(0.29));
      expect(of(0.3)).toBeLessThan(of(0.31));
    }
  });

  it('refuse what is no probability', () => {
    expect(() => logLoss([1.1], [1])).toThrow('the probability of case 0 is 1.1');
    expect(() => brierScore([-0.1], [1])).toThrow('the probability of case 0 is -0.1');
    expect(() => logLoss([Number.NaN], [1])).toThrow('score 0 is not a number');
    expect(() => brierScore([0.5], [0.5])).toThrow('the label of case 0 is 0.5');
    expect(() => logLoss([0.5], [])).toThrow('1 scores for 0 cases');
  });
});

describe('a calibration curve', () => {
  // calibration_curve(y, q, n_bins=5, strategy=...)
  it.each([
    ['uniform', [0, 0, 0.875, 1, 0.75], [0.10666666666666666, 0.3175, 0.515, 0.72, 0.91]],
    ['quantile', [0, 0, 0.75, 1, 0.75], [0.095, 0.2925, 0.49, 0.705, 0.91]],
  ] as const)('agrees with scikit-learn (%s)', (by, happened, forecast) => {
    const curve = calibrationCurve(q, y, { bins: 5, by });
    expect(curve.map((bin) => bin.happened)).toEqual(happened);
    for (const [at, bin] of curve.entries()) expect(bin.forecast).toBeCloseTo(forecast[at]!, 14);
    expect(curve.reduce((sum, { cases }) => sum + cases, 0)).toBe(40);
    expect([curve[0]!.from, curve.at(-1)!.to]).toEqual(by === 'uniform' ? [0, 1] : [0, Math.max(...q)]);
  });

  it('puts a forecast on a boundary where scikit-learn puts it', () => {
    // p = [i / 10 for i in range(11)] * 2; t = [(i * 3) % 4 < 2 for i in range(22)]; calibration_curve(t, p, n_bins=10)
    const p = Array.from({ length: 22 }, (_, i) => (i % 11) / 10);
    const t = p.map((_, i) => Number((i * 3) % 4 < 2));
    for (const by of ['uniform', 'quantile'] as const) {
      const curve = calibrationCurve(p, t, { by });
      expect(curve.map((bin) => bin.happened)).toEqual([0.75, 0, 0.5, 1, 0.5, 0, 0.5, 1, 0.5, 0]);
      expect(curve[0]!.forecast).toBeCloseTo(0.05, 14);
    }
  });

  it('has an expected calibration error', () => {
    // ids = np.searchsorted(edges[1:-1], q); sum of np.mean(ids == b) * abs(y[ids == b].mean() - q[ids == b].mean())
    expect(expectedCalibrationError(calibrationCurve(q, y))).toBeCloseTo(0.2485, 12);
    expect(expectedCalibrationError(calibrationCurve(q, y, { by: 'quantile' }))).toBeCloseTo(0.2285, 12);
    // .8 said ten times, happened eight times; .3 said ten times, happened never.
    const p = Array.from({ length: 20 }, (_, i) => (i < 10 ? 0.8 : 0.3));
    const labels = p.map((_, i) => Number(i < 8));
    expect(expectedCalibrationError(calibrationCurve(p, labels))).toBeCloseTo(0.15, 12);
  });

  it('holds every case once, within the boundaries of its bin; the error is 0 to 1, and with one bin the bias', () => {
    fc.assert(
      fc.property(
        forecasts,
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom('uniform', 'quantile'),
        ({ p, labels }, bins, by) => {
          const curve = calibrationCurve(p, labels, { bins, by: by as 'uniform' });
          expect(curve.reduce((sum, { cases }) => sum + cases, 0)).toBe(p.length);
          for (const { from, to, forecast, happened } of curve) {
            expect(forecast).toBeGreaterThanOrEqual(from - 1e-12);
            expect(forecast).toBeLessThanOrEqual(to + 1e-12);
            expect(happened).toBeLessThanOrEqual(1);
          }
          const error = expectedCalibrationError(curve);
          expect(error).toBeLessThanOrEqual(1);
          const mean = (values: number[]): number => values.reduce((sum, own) => sum + own, 0) / p.length;
          const bias = Math.abs(mean(p) - mean(labels));
          expect(error).toBeGreaterThanOrEqual(bias - 1e-12);
          if (curve.length === 1) expect(error).toBeCloseTo(bias, 12);
        },
      ),
    );
  });

  it('refuses no bins', () => {
    expect(() => calibrationCurve(q, y, { bins: 0 })).toThrow('got 0');
    expect(() => expectedCalibrationError([])).toThrow('there are no bins');
  });
});
