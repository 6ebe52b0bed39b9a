import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import {
  intervalOfMeans,
  bootstrapMeans,
  pairedBootstrap,
} from '../../../lib/evaluation/difference/paired-bootstrap';
import { meanInterval } from '../../../lib/evaluation/mean-interval';

describe('the paired bootstrap', () => {
  // values v and means m; first = scipy.stats.bootstrap((v,), np.mean, n_resamples=40, method=...); first.bootstrap_distribution = m;
  // scipy.stats.bootstrap((v,), np.mean, n_resamples=0, method=..., bootstrap_result=first).confidence_interval    (scipy 1.17.1)
  const values = [0, 0.1, 0.1, 0.3, 0.4, 0.5, 0.9, 1.6, 2.5, 4];
  const means = Float64Array.of(
    ...[
      1.33, 1.17, 1.02, 1.64, 0.7, 1.58, 0.99, 0.93, 1.67, 0.81, 0.47, 0.9, 0.9, 1.18, 0.56, 1.9, 0.97, 1.08,
    ],
    ...[
      1.18, 1.05, 1.08, 1.0, 1.65, 1.51, 1.55, 0.55, 1.58, 1.47, 1.43, 1.12, 1.05, 1.14, 1.27, 1.1, 0.6, 1.3,
    ],
    ...[2.5, 0.25, 0.97, 0.92],
  );

  it("reads SciPy's intervals off the same means", () => {
    const percentile = intervalOfMeans(means, values, { method: 'percentile' });
    expect(percentile.low).toBeCloseTo(0.4645, 9);
    expect(percentile.high).toBeCloseTo(1.915, 9);
    const bca = intervalOfMeans(means, values, { method: 'bca' });
    expect(bca.low).toBeCloseTo(0.38018812687979714, 9);
    expect(bca.high).toBeCloseTo(1.7209987290447049, 9);
  });

  // v = [i * i / 100 for i in range(60)]; scipy.stats.bootstrap((v,), np.mean, n_resamples=400000, method=..., random_state=1):
  // BCa 9.183 to 14.5388, percentile 9.0852 to 14.428, standard error 1.36417
  it('draws what SciPy draws, within the chance of 40,000 resamples', () => {
    const leaning = Float64Array.from({ length: 60 }, (_, at) => at ** 2 / 100);
    const draw = { rng: createRng(1), resamples: 40_000 };
    const bca = pairedBootstrap(leaning, draw);
    expect(bca.standardError).toBeCloseTo(1.36417, 1.5);
    expect(Math.abs(bca.low - 9.183)).toBeLessThan(0.05);
    expect(Math.abs(bca.high - 14.5388)).toBeLessThan(0.05);
    const percentile = pairedBootstrap(leaning, { ...draw, method: 'percentile' });
    expect(Math.abs(percentile.low - 9.0852)).toBeLessThan(0.05);
    expect(Math.abs(percentile.high - 14.428)).toBeLessThan(0.05);
    expect(bca).toMatchObject({ resamples: 40_000, method: 'bca', level: 0.95 });
    expect(bca.mean).toBeCloseTo(leaning.reduce((a, b) => a + b) / 60, 12);
  });

  it('agrees with the formula where there are many users', () => {
    const rng = createRng(2);
    const many = Float64Array.from({ length: 4001 }, () => rng.normal() + 0.1);
    const byFormula = meanInterval(Array.from(many));
    const byDrawing = pairedBootstrap(many, { rng: createRng(3), resamples: 4000 });
    const width = byFormula.high - byFormula.low;
    expect(Math.abs(byDrawing.low - byFormula.low)).toBeLessThan(0.05 * width);
    expect(Math.abs(byDrawing.high - byFormula.high)).toBeLessThan(0.05 * width);
  });

  it('covers the true mean as often as it promises', () => {
    const rng = createRng(4);
    let covered = 0;
    for (let study = 0; study < 400; study++) {
      // waiting times with mean 1
      const waits = Float64Array.from({ length: 100 }, () => -Math.log(1 - rng.next()));
      const { low, high } = pairedBootstrap(waits, { rng: rng.child(study), resamples: 500 });
      covered += Number(low <= 1 && 1 <= high);
    }
    // 400 tosses at .94 have a standard deviation of .012
    expect(covered / 400).toBeGreaterThan(0.9);
    expect(covered / 400).toBeLessThan(0.98);
  });

  it('is the same for the same seed, and a point where all are alike', () => {
    const draw = (seed: number) => [...bootstrapMeans(values, { rng: createRng(seed), resamples: 5 })];
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(pairedBootstrap([2, 2, 2], { rng: createRng(1), resamples: 10 })).toMatchObject({
      mean: 2,
      low: 2,
      high: 2,
      standardError: 0,
    });
  });

  it('refuses what has no interval', () => {
    const rng = createRng(1);
    expect(() => pairedBootstrap([1], { rng })).toThrow(/2 values/);
    expect(() => pairedBootstrap([1, NaN], { rng })).toThrow(/value 1 is NaN/);
    expect(() => pairedBootstrap([1, 2], { rng, resamples: 1 })).toThrow(/2 resamples/);
    expect(() => pairedBootstrap([1, 2], { rng, resamples: 5, level: 1 })).toThrow(/level/);
  });
});
