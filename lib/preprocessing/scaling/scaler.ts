import { quantile, sortedNumbers } from '../../base/quantile';

/** Ways to bring a feature to a common scale. */
export const scalings = ['min-max', 'z-score', 'robust', 'quantile'] as const;
export type Scaling = (typeof scalings)[number];

/** What a scaler has learned from training rows: plain data, kept with the model. */
export type Scaler =
  | { readonly scaling: 'min-max' | 'z-score' | 'robust'; readonly centre: number; readonly unit: number }
  | {
      readonly scaling: 'quantile';
      /** Ascending; the first is the smallest training value, the last the largest. */
      readonly quantiles: readonly number[];
    };

/** Quantiles that are kept, at most. */
const mostQuantiles = 1000;

/**
 * Learn how to bring a feature to a common scale, from training rows only: a scaler that has seen the test rows leaks.
 *
 * | scaling | result |
 * |---|---|
 * | `min-max` | 0 at the smallest training value, 1 at the largest |
 * | `z-score` | mean 0, standard deviation 1 (of the rows as they are, not estimated from them) |
 * | `robust` | 0 at the median, 1 for the distance between the quartiles: a few wild values move little |
 * | `quantile` | the share of training values below: even between 0 and 1, whatever the distribution was |
 *
 * A missing value (NaN) takes no part. A feature that is constant in training gives 0 there.
 *
 * @throws RangeError when no training value is a number, or one is infinite
 * @source Han, Kamber & Pei, "Data Mining: Concepts and Techniques", 3rd ed. 2012, section 3.5.2 (min-max, z-score);
 *   Hyndman & Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50(4), 1996, definition 7
 *   (median, quartiles, quantiles).
 */
export function fitScaler(scaling: Scaling, training: ArrayLike<number>): Scaler {
  const sorted = sortedNumbers(training);
  if (sorted.length === 0) throw new RangeError('fitScaler: no training value is a number');
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  if (!Number.isFinite(least) || !Number.isFinite(most)) {
    throw new RangeError('fitScaler: a training value is infinite');
  }
  switch (scaling) {
    case 'min-max':
      return { scaling, centre: least, unit: most - least || 1 };
    case 'z-score': {
      // The mean of equal numbers may differ from them by rounding.
      if (least === most) return { scaling, centre: least, unit: 1 };
      const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
      const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length;
      return { scaling, centre: mean, unit: Math.sqrt(variance) || 1 }; // 0 where squares are too small for a number
    }
    case 'robust':
      return {
        scaling,
        centre: quantile(sorted, 0.5),
        unit: quantile(sorted, 0.75) - quantile(sorted, 0.25) || 1,
      };
    case 'quantile': {
      const count = Math.min(mostQuantiles, sorted.length);
      const quantiles = Array.from({ length: count }, (_, index) =>
        quantile(sorted, count === 1 ? 0.5 : index / (count - 1)),
      );
      return { scaling, quantiles };
    }
  }
}

/**
 * Bring numbers to the scale of a scaler.
 *
 * Values beyond those of training go beyond the scale; `quantile` ends at 0 and 1. NaN stays NaN.
 */
export function scale(scaler: Scaler, values: ArrayLike<number>): Float64Array {
  if (scaler.scaling !== 'quantile') {
    const { centre, unit } = scaler;
    return Float64Array.from(values, (value) => (value - centre) / unit);
  }
  const { quantiles } = scaler;
  return Float64Array.from(values, (value) => shareBelow(quantiles, value));
}

/** Where a value stands among quantiles, 0 to 1; equal quantiles are met in their middle. */
function shareBelow(quantiles: readonly number[], value: number): number {
  if (Number.isNaN(value)) return NaN;
  const last = quantiles.length - 1;
  if (value <= quantiles[0]!) return 0;
  if (value >= quantiles[last]!) return 1;
  const [first, after] = [
    firstIndex(quantiles, (one) => one >= value),
    firstIndex(quantiles, (one) => one > value),
  ];
  if (first < after) return (first + after - 1) / 2 / last;
  const [low, high] = [quantiles[first - 1]!, quantiles[first]!];
  return (first - 1 + (value - low) / (high - low)) / last;
}

/** The first index of an ascending list from which on a condition holds (binary search). */
function firstIndex(ascending: readonly number[], holds: (value: number) => boolean): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(ascending[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
