import { quantile } from '../../base/quantile';
import type { Rng } from '../../base/random';
import { expectProbabilities } from '../../evaluation/binary-cases';
import { brierScore } from '../../evaluation/brier-score';
import { calibrationCurve, expectedCalibrationError } from '../../evaluation/calibration-curve';
import { logLoss } from '../../evaluation/log-loss';
import type { Interval } from '../../evaluation/proportion-interval';
import { sortedCases, weightedAuroc, weightedAveragePrecision } from './weighted-areas';

/** Who forecasts, and what: the probability of each case. */
export interface Forecast {
  readonly name: string;
  readonly probabilities: ArrayLike<number>;
}

/** A number with its interval. */
export interface Judged extends Interval {
  readonly value: number;
}

/** The four numbers that are judged. Of the first two more is better, of the last two less. */
export const forecastMetrics = ['auroc', 'averagePrecision', 'logLoss', 'brier'] as const;
export type ForecastMetric = (typeof forecastMetrics)[number];

/** How good a forecast is. */
export type JudgedForecast = Readonly<Record<ForecastMetric, Judged>> & {
  readonly name: string;
  /** By ten bins of as many cases each. */
  readonly calibrationError: number;
  /** Its metrics minus those of the first forecast, with the interval of the difference; null for the first one itself. */
  readonly beyondFirst: Readonly<Record<ForecastMetric, Judged>> | null;
};

/** How cases are drawn anew. */
export interface JudgeOptions {
  readonly rng: Rng;
  /** From 100; default 500. */
  readonly resamples?: number;
  /** The user behind each case, any whole numbers from 0: users are drawn, with all their cases. Default: each case is one of its own. */
  readonly users?: ArrayLike<number>;
}

/**
 * Judge forecasts of the same cases side by side: order, rare positives, surprise, distance, calibration, each but the last with a 95 %
 * interval over users, and how far each differs from the first, the baseline.
 *
 * All are computed on the same resamples, so that differences are paired. The intervals speak of other users, not of other times or seeds.
 *
 * @throws RangeError when there is no forecast, `resamples` is below 100, or as `expectProbabilities`; a resample without both answers is
 *   drawn again
 * @source Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13 (percentile interval).
 */
export function judgeForecasts(
  forecasts: readonly Forecast[],
  positive: ArrayLike<number>,
  { rng, resamples = 500, users }: JudgeOptions,
): JudgedForecast[] {
  if (forecasts.length === 0) throw new RangeError('judgeForecasts: there is no forecast');
  if (!(Number.isInteger(resamples) && resamples >= 100)) {
    throw new RangeError(`judgeForecasts: resamples must be a whole number from 100, got ${resamples}`);
  }
  for (const { name, probabilities } of forecasts) {
    expectProbabilities(`judgeForecasts: ${name}`, probabilities, positive);
  }
  const sorted = forecasts.map(({ probabilities }) => prepared(probabilities, positive));
  const own = new Float64Array(positive.length).fill(1);
  const values = sorted.map((of) => metricsOf(of, own));
  const draw = caseDrawer(positive, rng, users);
  const drawn = Array.from({ length: resamples }, () => {
    const counts = draw();
    return sorted.map((of) => metricsOf(of, counts));
  });
  const judge = (of: (metrics: readonly Metrics[]) => number): Judged => {
    const all = Float64Array.from(drawn, of).sort();
    return { value: of(values), low: quantile(all, 0.025), high: quantile(all, 0.975) };
  };
  const each = (of: (metrics: readonly Metrics[], metric: ForecastMetric) => number) =>
    Object.fromEntries(
      forecastMetrics.map((metric) => [metric, judge((metrics) => of(metrics, metric))]),
    ) as Record<ForecastMetric, Judged>;
  return forecasts.map(({ name, probabilities }, at) => ({
    name,
    ...each((metrics, metric) => metrics[at]![metric]),
    calibrationError: expectedCalibrationError(calibrationCurve(probabilities, positive, { by: 'quantile' })),
    beyondFirst: at === 0 ? null : each((metrics, metric) => metrics[at]![metric] - metrics[0]![metric]),
  }));
}

type Metrics = Readonly<Record<ForecastMetric, number>>;

interface Prepared {
  readonly sorted: ReturnType<typeof sortedCases>;
  /** Of each case. */
  readonly surprise: Float64Array;
  readonly distance: Float64Array;
}

function prepared(probabilities: ArrayLike<number>, positive: ArrayLike<number>): Prepared {
  const ofCase = (metric: typeof logLoss) =>
    Float64Array.from(probabilities, (own, at) => metric([own], [positive[at]!]));
  return {
    sorted: sortedCases(probabilities, positive),
    surprise: ofCase(logLoss),
    distance: ofCase(brierScore),
  };
}

function metricsOf({ sorted, surprise, distance }: Prepared, counts: Float64Array): Metrics {
  let [cases, surprises, distances] = [0, 0, 0];
  for (let at = 0; at < counts.length; at++) {
    cases += counts[at]!;
    surprises += counts[at]! * surprise[at]!;
    distances += counts[at]! * distance[at]!;
  }
  return {
    auroc: weightedAuroc(sorted, counts),
    averagePrecision: weightedAveragePrecision(sorted, counts),
    logLoss: surprises / cases,
    brier: distances / cases,
  };
}

/** How often each case is in the next resample: with its user. */
function caseDrawer(
  positive: ArrayLike<number>,
  rng: Rng,
  users: ArrayLike<number> | undefined,
): () => Float64Array {
  const userOf = users ?? Array.from({ length: positive.length }, (_, at) => at);
  if (userOf.length !== positive.length) {
    throw new RangeError(`judgeForecasts: ${userOf.length} users for ${positive.length} cases`);
  }
  const places = new Map<number, number>();
  const placeOf = Int32Array.from(userOf, (user) => {
    if (!places.has(user)) places.set(user, places.size);
    return places.get(user)!;
  });
  const total = Array.from(positive).reduce((sum, one) => sum + one, 0);
  if (total === 0 || total === positive.length) {
    throw new RangeError(`judgeForecasts: ${total} of ${positive.length} cases happened; both are needed`);
  }
  return () => {
    for (;;) {
      const ofUser = new Float64Array(places.size);
      for (let at = 0; at < places.size; at++) ofUser[rng.integer(places.size)]! += 1;
      const counts = Float64Array.from(placeOf, (place) => ofUser[place]!);
      let [positives, cases] = [0, 0];
      for (let at = 0; at < counts.length; at++) {
        positives += counts[at]! * positive[at]!;
        cases += counts[at]!;
      }
      if (positives > 0 && positives < cases) return counts;
    }
  };
}
