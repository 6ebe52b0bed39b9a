import type { Matrix } from '../base/matrix';

/** What it costs to take rows `start` to `end` - 1 of a series as one piece; cutting it in two never costs more. */
export type SegmentCost = (start: number, end: number) => number;

/**
 * Cost for a mean that changes: squared distances of the rows to the mean of their piece.
 *
 * In units of the series squared. A usual penalty a cut is (D + 1) sigma^2 ln T for noise of variance sigma^2 in each of D columns.
 *
 * @param series `[T, D]`, oldest first
 * @source Killick, Fearnhead & Eckley, "Optimal Detection of Changepoints With a Linear Computational Cost", JASA 107(500), 2012,
 *   section 4 (normal, change in mean; there divided by the variance).
 */
export function squaredErrorCost({ rows, columns, values }: Matrix): SegmentCost {
  const sums = new Float64Array((rows + 1) * columns);
  const squares = new Float64Array(rows + 1);
  for (let row = 0; row < rows; row++) {
    squares[row + 1] = squares[row]!;
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column]!;
      sums[(row + 1) * columns + column] = sums[row * columns + column]! + value;
      squares[row + 1]! += value * value;
    }
  }
  return (start, end) => {
    let ofMean = 0;
    for (let column = 0; column < columns; column++)
      ofMean += (sums[end * columns + column]! - sums[start * columns + column]!) ** 2;
    return Math.max(0, squares[end]! - squares[start]! - ofMean / (end - start));
  };
}

/**
 * Cost for shares that change: minus the logarithm of the likelihood of the counts under the shares of their piece, in nats.
 *
 * A usual penalty a cut is K / 2 ln n for n independent draws of K kinds: K - 1 new shares and one moment. Where the events of a visit go
 * together, give each visit a weight of 1, or every visit of many events looks like a change.
 *
 * @param counts `[T, K]`, oldest first: counts or shares of kinds by visit or week
 * @throws RangeError when an entry is negative or not finite
 * @source Killick, Fearnhead & Eckley, "Optimal Detection of Changepoints With a Linear Computational Cost", JASA 107(500), 2012,
 *   section 2 (cost from a likelihood); Braun, Braun & Müller, "Multiple Changepoint Fitting via Quasilikelihood, With Application to DNA
 *   Sequence Segmentation", Biometrika 87(2), 2000 (of multinomial counts).
 */
export function multinomialCost({ rows, columns, values }: Matrix): SegmentCost {
  const sums = new Float64Array((rows + 1) * columns);
  for (let at = 0; at < rows * columns; at++) {
    if (!(values[at]! >= 0 && values[at]! < Infinity))
      throw new RangeError(`multinomialCost: entry ${at} is ${values[at]}, not a count or share`);
    sums[at + columns] = sums[at]! + values[at]!;
  }
  return (start, end) => {
    let [total, cost] = [0, 0];
    for (let column = 0; column < columns; column++) {
      const count = sums[end * columns + column]! - sums[start * columns + column]!;
      if (count <= 0) continue;
      total += count;
      cost -= count * Math.log(count);
    }
    return total > 0 ? Math.max(0, cost + total * Math.log(total)) : 0;
  };
}

/** A series in pieces. */
export interface ChangePoints {
  /** First row of every piece but the first, ascending: from here on it is different. */
  readonly cuts: readonly number[];
  /** Costs of the pieces, without penalties. */
  readonly cost: number;
}

export interface ChangePointOptions {
  /** What a cut must save at least. There is no right one: it sets how many false alarms are bought with how many finds. */
  readonly penalty: number;
  /** Fewest rows of a piece; default 1. */
  readonly minLength?: number;
}

/**
 * Find the cuts of a series for which costs and penalties together are least: exactly, by dynamic programming (PELT).
 *
 * Beginnings that can no longer win are dropped on the way, so that time grows with the length where cuts keep coming, and with its
 * square where there are none.
 *
 * @param length rows of the series
 * @throws RangeError when the penalty is negative, or `minLength` is no whole number from 1
 * @source Killick, Fearnhead & Eckley, "Optimal Detection of Changepoints With a Linear Computational Cost", JASA 107(500), 2012.
 * @differs With `minLength` above 1 a beginning is dropped only so many rows later, for until then none can take its place.
 */
export function changePoints(
  length: number,
  cost: SegmentCost,
  { penalty, minLength = 1 }: ChangePointOptions,
): ChangePoints {
  if (!(penalty >= 0)) throw new RangeError(`changePoints: the penalty must be from 0, got ${penalty}`);
  expectMinLength('changePoints', minLength);
  if (length < minLength) return { cuts: [], cost: length > 0 ? cost(0, length) : 0 };
  const best = new Float64Array(length + 1).fill(Infinity); // of the first rows, with penalties
  const from = new Int32Array(length + 1);
  best[0] = -penalty;
  let starts = [0];
  for (let end = minLength; end <= length; end++) {
    const through = starts.map((start) => best[start]! + cost(start, end));
    for (const [place, start] of starts.entries()) {
      if (through[place]! + penalty >= best[end]!) continue;
      best[end] = through[place]! + penalty;
      from[end] = start;
    }
    const next = end + 1 - minLength; // may begin a piece from the next end on
    // Rows before `next` have their best already: a start that costs more up to there never wins again.
    starts = starts.filter((start) => best[start]! + cost(start, next) <= best[next]!);
    if (best[next]! < Infinity) starts.push(next);
  }
  const cuts: number[] = [];
  for (let end = length; end > 0; end = from[end]!) if (from[end]! > 0) cuts.push(from[end]!);
  return { cuts: cuts.reverse(), cost: best[length]! - penalty * cuts.length };
}

/** The one cut that saves most. */
export interface BestCut {
  /** First row behind it; -1 where the series is too short for one. */
  readonly at: number;
  /** Cost of the whole less that of both pieces; 0 where the series is too short. */
  readonly gain: number;
}

/**
 * Find the one best cut of a series: where it changed, if it changed once, and how much speaks for it.
 *
 * There is always a best cut, also in noise: compare its gain with those of the same rows in shuffled order.
 *
 * @throws RangeError when `minLength` is no whole number from 1
 * @source Scott & Knott, "A Cluster Analysis Method for Grouping Means in the Analysis of Variance", Biometrics 30(3), 1974 (the step of
 *   binary segmentation).
 */
export function bestCut(length: number, cost: SegmentCost, minLength = 1): BestCut {
  expectMinLength('bestCut', minLength);
  const whole = length > 0 ? cost(0, length) : 0;
  let [at, gain] = [-1, 0];
  for (let cut = minLength; cut <= length - minLength; cut++) {
    const own = whole - cost(0, cut) - cost(cut, length);
    if (at < 0 || own > gain) [at, gain] = [cut, own];
  }
  return { at, gain };
}

function expectMinLength(name: string, minLength: number): void {
  if (!(Number.isInteger(minLength) && minLength >= 1))
    throw new RangeError(`${name}: minLength must be a whole number from 1, got ${minLength}`);
}
