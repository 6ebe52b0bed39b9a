import type { Rng } from '../base/random';
import { cosineSimilarity } from './cosine-similarity';
import { jensenShannon, jensenShannonOfWindows } from './jensen-shannon';

/** How much interests move, as one number: from the sums of each window, oldest first. */
export type VolatilityMeasure = (windows: readonly Float64Array[]) => number;

/** How far a window is from another, by their sums. */
export type WindowDistance = (a: Float64Array, b: Float64Array) => number;

/** The ways to measure one step. */
export const windowDistances = {
  /** Divergence in bits, 0 to 1. */
  'Jensen-Shannon': jensenShannon,
  /** 1 minus the cosine; also for sums of item vectors. */
  cosine: (a, b) => 1 - cosineSimilarity(a, b),
} as const satisfies Record<string, WindowDistance>;

/**
 * The ways to measure volatility. `steps`: mean of each window to the next one that is not empty. `all`: all windows at once, so that a
 * change that stays counts, and one that comes and goes as well.
 */
export const volatilityMeasures = {
  /** See `windowDistances`. */
  'steps, Jensen-Shannon': (windows) => meanStep(windows, windowDistances['Jensen-Shannon']),
  /** See `windowDistances`. */
  'steps, cosine': (windows) => meanStep(windows, windowDistances.cosine),
  /** Jensen-Shannon divergence of all windows, bits. */
  'all, Jensen-Shannon': (windows) => jensenShannonOfWindows(windows),
} as const satisfies Record<string, VolatilityMeasure>;

/** A volatility beside what chance alone makes of constant interests. */
export interface ShuffledVolatility {
  /** As measured; grows when events are few. */
  readonly value: number;
  /** Mean of the same with the visits in shuffled order: what somebody with these visits and no change would show. */
  readonly shuffled: number;
  /** `value` - `shuffled`: 0 on average where nothing changed, however few the events. */
  readonly excess: number;
  /** `excess` in standard deviations of the shuffles; 0 where they do not differ. */
  readonly standardised: number;
  /** Share of the shuffles that are as volatile, the true order counted as one: the p of a test for a change. */
  readonly p: number;
}

/** How visits are shuffled. */
export interface VolatilityShuffles {
  /** From 1; p is never below 1 / (shuffles + 1). */
  readonly shuffles: number;
  readonly rng: Rng;
}

/**
 * Measure how much somebody's interests move between windows of time, beside the same visits in any order.
 *
 * For measures of **all** windows; for steps see `stepVolatility`. Visits are dealt anew to the windows, each window keeping its number of visits: what is left of the measure without any order in time.
 * **Shuffle what is independent.** The events of one visit are about one thing; shuffled one by one they would mix within the windows, and
 * everybody would look volatile. The test supposes that visits of constant interests could come in any order: seasons, or habits of
 * weekday where windows are not whole weeks, count as change.
 *
 * @param visits   one row a visit: events of each kind, or a vector
 * @param windowOf window of each visit, from 0
 * @returns all NaN where the measure says nothing, as with fewer than two windows that have visits
 * @throws RangeError when there is not one window a visit, or `shuffles` is no whole number from 1
 * @source Good, "Permutation, Parametric, and Bootstrap Tests of Hypotheses", 3rd ed., 2005, chapter 3; Phipson & Smyth, "Permutation
 *   P-values Should Never Be Zero", Statistical Applications in Genetics and Molecular Biology 9(1), 2010; Lin, "Divergence Measures Based
 *   on the Shannon Entropy", IEEE Transactions on Information Theory 37(1), 1991 (the divergence).
 */
export function shuffledVolatility(
  visits: readonly ArrayLike<number>[],
  windowOf: ArrayLike<number>,
  measure: VolatilityMeasure,
  { shuffles, rng }: VolatilityShuffles,
): ShuffledVolatility {
  expectShuffles('shuffledVolatility', visits, windowOf, shuffles);
  const dealt = Int32Array.from(windowOf);
  const value = new Set(dealt).size < 2 ? NaN : measure(sumOfWindows(visits, dealt));
  return besideShuffles(value, shuffles, () => measure(sumOfWindows(visits, rng.shuffle(dealt))));
}

/**
 * Measure how much somebody's interests move from each window to the next, and what of it chance explains: the visits of two neighbouring
 * windows are dealt anew between these two, step by step.
 *
 * Shuffling the whole history will not do for steps. Whoever moved once had two narrow interests, one after the other; shuffled, every
 * window holds both and draws more widely, so that the steps between shuffled windows are *larger* than all but one of the true ones, and
 * the mover comes out as unusually steady.
 *
 * @param distance of the sums of two windows
 * @returns as `shuffledVolatility`; p takes the steps as independent, which neighbours that share a window are only nearly
 * @throws RangeError as `shuffledVolatility`
 * @source Good, "Permutation, Parametric, and Bootstrap Tests of Hypotheses", 3rd ed., 2005, chapter 3; Lin, "Divergence Measures Based on
 *   the Shannon Entropy", IEEE Transactions on Information Theory 37(1), 1991 (the divergence).
 */
export function stepVolatility(
  visits: readonly ArrayLike<number>[],
  windowOf: ArrayLike<number>,
  distance: WindowDistance,
  { shuffles, rng }: VolatilityShuffles,
): ShuffledVolatility {
  expectShuffles('stepVolatility', visits, windowOf, shuffles);
  const there = [...new Set(Array.from(windowOf))].sort((a, b) => a - b);
  const steps = there.slice(1).map((later, place) => {
    const own = [...visits.keys()].filter((visit) => [there[place], later].includes(windowOf[visit]));
    return {
      rows: own.map((visit) => visits[visit]!),
      sides: Int32Array.from(own, (visit) => Number(windowOf[visit] === later)),
    };
  });
  const mean = (): number =>
    steps.reduce((sum, { rows, sides }) => {
      const [before, after] = sumOfWindows(rows, sides) as [Float64Array, Float64Array];
      return sum + distance(before, after);
    }, 0) / steps.length; // NaN where there are no two windows
  const value = mean();
  return besideShuffles(value, shuffles, () => {
    for (const { sides } of steps) rng.shuffle(sides);
    return mean();
  });
}

/**
 * Add up visits window by window; a window without a visit is all zeros.
 *
 * @throws RangeError when a window is no whole number from 0, or visits differ in length
 */
export function sumOfWindows(
  visits: readonly ArrayLike<number>[],
  windowOf: ArrayLike<number>,
): Float64Array[] {
  const kinds = visits[0]?.length ?? 0;
  const windows: Float64Array[] = [];
  for (const [place, visit] of visits.entries()) {
    const window = windowOf[place]!;
    if (!(Number.isInteger(window) && window >= 0) || visit.length !== kinds)
      throw new RangeError(
        `sumOfWindows: visit ${place} has ${visit.length} kinds in window ${window}; visit 0 has ${kinds}`,
      );
    while (windows.length <= window) windows.push(new Float64Array(kinds));
    const sums = windows[window]!;
    for (let kind = 0; kind < kinds; kind++) sums[kind]! += visit[kind]!;
  }
  return windows;
}

function meanStep(windows: readonly Float64Array[], distance: WindowDistance): number {
  const there = windows.filter((window) => window.some((sum) => sum !== 0));
  const steps = there.slice(1).map((later, place) => distance(there[place]!, later));
  return steps.reduce((sum, step) => sum + step, 0) / steps.length; // NaN where there are no two
}

function expectShuffles(
  name: string,
  visits: ArrayLike<unknown>,
  windowOf: ArrayLike<number>,
  shuffles: number,
): void {
  if (visits.length !== windowOf.length)
    throw new RangeError(`${name}: ${visits.length} visits in ${windowOf.length} windows`);
  if (!(Number.isInteger(shuffles) && shuffles >= 1))
    throw new RangeError(`${name}: shuffles must be a whole number from 1, got ${shuffles}`);
}

function besideShuffles(value: number, shuffles: number, shuffle: () => number): ShuffledVolatility {
  if (Number.isNaN(value)) return { value, shuffled: NaN, excess: NaN, standardised: NaN, p: NaN };
  const others = Array.from({ length: shuffles }, shuffle);
  const shuffled = others.reduce((sum, other) => sum + other, 0) / shuffles;
  const variance = others.reduce((sum, other) => sum + (other - shuffled) ** 2, 0) / shuffles;
  const excess = value - shuffled;
  return {
    value,
    shuffled,
    excess,
    standardised: variance > 1e-18 ? excess / Math.sqrt(variance) : 0,
    p: (1 + others.filter((other) => other >= value - 1e-12).length) / (shuffles + 1),
  };
}
