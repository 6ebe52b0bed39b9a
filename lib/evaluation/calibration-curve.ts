import { expectProbabilities } from './binary-cases';

/** Cases of like forecasts together: what was forecast, and what happened. */
export interface CalibrationBin {
  /** Above `from` (the first bin: from it on), up to and with `to`. */
  readonly from: number;
  readonly to: number;
  /** At least 1: empty bins are left out. */
  readonly cases: number;
  /** Mean of the forecasts, 0 to 1. */
  readonly forecast: number;
  /** Share of positive cases, 0 to 1. */
  readonly happened: number;
}

/** How cases are put into bins. */
export const calibrationBins = ['uniform', 'quantile'] as const;

/**
 * - `uniform`: as wide as one another; where forecasts crowd near 0, as clicks do, almost all cases are in the first.
 * - `quantile`: with as many cases as one another, but for equal forecasts, which stay together.
 */
export type CalibrationBins = (typeof calibrationBins)[number];

/**
 * Compare forecast probabilities with shares that happened: of all cases forecast at about 30 %, was it 30 %?
 *
 * A forecast that lies on the boundary of two bins goes into the lower one.
 *
 * @param probabilities of the positive class, 0 to 1
 * @param positive      1 for a positive case, 0 for a negative one
 * @param bins          how many; from 1. Default 10
 * @returns in ascending order, without empty bins
 * @throws RangeError when lengths differ or are 0, a probability is not from 0 to 1, a label is not 0 or 1, or `bins` is below 1
 * @source DeGroot & Fienberg, "The Comparison and Evaluation of Forecasters", The Statistician 32, 1983; boundaries, and points that lie
 *   on them, as in scikit-learn's `calibration_curve` (Pedregosa et al., JMLR 12, 2011).
 */
export function calibrationCurve(
  probabilities: ArrayLike<number>,
  positive: ArrayLike<number>,
  { bins = 10, by = 'uniform' }: { readonly bins?: number; readonly by?: CalibrationBins } = {},
): CalibrationBin[] {
  expectProbabilities('calibrationCurve', probabilities, positive);
  if (!(Number.isInteger(bins) && bins >= 1)) {
    throw new RangeError(`calibrationCurve: bins must be a whole number from 1, got ${bins}`);
  }
  // `place * (1 / bins)` and not `place / bins`, as numpy's linspace: cases on a boundary fall as they do there.
  const shares = Array.from({ length: bins + 1 }, (_, place) => (place === bins ? 1 : place * (1 / bins)));
  const edges = by === 'uniform' ? shares : quantiles(Float64Array.from(probabilities).sort(), shares);
  const sums = edges.slice(1).map(() => ({ cases: 0, forecasts: 0, positives: 0 }));
  for (let at = 0; at < probabilities.length; at++) {
    const probability = probabilities[at]!;
    let bin = 0;
    while (bin < bins - 1 && edges[bin + 1]! < probability) bin += 1;
    const own = sums[bin]!;
    own.cases += 1;
    own.forecasts += probability;
    own.positives += positive[at]!;
  }
  return sums.flatMap(({ cases, forecasts, positives }, bin) =>
    cases === 0
      ? []
      : [
          {
            from: edges[bin]!,
            to: edges[bin + 1]!,
            cases,
            forecast: forecasts / cases,
            happened: positives / cases,
          },
        ],
  );
}

/**
 * Expected calibration error: how far forecasts are from what happened, the mean distance over bins, each as often as it has cases.
 *
 * 0 to 1. It depends on the bins, so name them beside it. It is above 0 for a perfect forecast too, by chance and the more the fewer
 * cases a bin has; and below the truth where too high and too low forecasts share a bin.
 *
 * @param curve from `calibrationCurve`
 * @throws RangeError when there are no bins
 * @source Naeini, Cooper & Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI 2015; Guo, Pleiss, Sun &
 *   Weinberger, "On Calibration of Modern Neural Networks", ICML 2017.
 * @differs The forecast is the probability of the positive class, not the confidence in the class named.
 */
export function expectedCalibrationError(curve: readonly CalibrationBin[]): number {
  if (curve.length === 0) throw new RangeError('expectedCalibrationError: there are no bins');
  const cases = curve.reduce((sum, bin) => sum + bin.cases, 0);
  return curve.reduce((sum, bin) => sum + (bin.cases / cases) * Math.abs(bin.happened - bin.forecast), 0);
}

/** Quantiles by straight lines between neighbouring values. */
function quantiles(sorted: Float64Array, shares: readonly number[]): number[] {
  return shares.map((share) => {
    const place = (sorted.length - 1) * ((share * 100) / 100); // numpy asks for percentiles
    const below = Math.floor(place);
    const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
    const part = place - below;
    return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part);
  });
}
