import type { Rng } from '../../base/random';
import { lempelZivEntropyRate, markovEntropyRate } from '../../evaluation/entropy-rate';
import {
  shuffledVolatility,
  stepVolatility,
  volatilityMeasures,
  windowDistances,
} from '../../evaluation/interest-volatility';
import { jaccardOverWindows } from '../../evaluation/jaccard';
import { cutOfVisits } from './visit-cut';
import { windowsOfVisits, type InterestVisit } from './visit-interests';

/** How volatility is measured. */
export interface VolatilitySettings {
  /** Where the first window begins, ms since 1970-01-01 UTC. */
  readonly startMs: number;
  readonly windowDays: number;
  /** `visits`: each visit counts the same. `events`: each event does, so that one long visit can make a window. */
  readonly weigh: 'visits' | 'events';
  /** Shuffles of the visits, from 1. */
  readonly shuffles: number;
  readonly rng: Rng;
  /** Vectors of items, all of one length, for volatility of vectors: a visit is the sum of its items'. Default: none. */
  readonly vectorOf?: ReadonlyMap<string, ArrayLike<number>>;
}

const dayMs = 86_400_000;

/** Scores that know nothing of time or order, to be beaten. */
export const volatilityBaselines = ['events', 'visits', 'kinds'] as const;

/**
 * Every score of this library for how much a user's interests move, and baselines: larger means rather volatile.
 *
 * By name: the baselines, `... raw` as measured between windows, `... less shuffled history` and `... less shuffled pairs` less what
 * shuffled visits show (`shuffledVolatility`, `stepVolatility`), `... standardised` in standard deviations of these; `cut ...` what the best single cut of the row of visits saves, likewise; `new items` 1 minus the mean
 * Jaccard index of items in neighbouring windows; the entropy rates of the row of visits' main kinds.
 *
 * @param visits of one user, oldest first
 * @returns NaN where a score says nothing of the user
 * @throws RangeError as `windowsOfVisits` and `shuffledVolatility`
 */
export function volatilityScores(
  visits: readonly InterestVisit[],
  { startMs, windowDays, weigh, shuffles, rng, vectorOf }: VolatilitySettings,
): Record<string, number> {
  const rows = visits.map(({ counts }) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return weigh === 'visits' ? counts.map((count) => count / total) : counts;
  });
  const windowOf = windowsOfVisits(visits, { startMs, windowMs: windowDays * dayMs });
  const mainKinds = visits.map(({ mainKind }) => mainKind);
  const scores: Record<string, number> = {
    events: visits.reduce((sum, { itemIds }) => sum + itemIds.length, 0),
    visits: visits.length,
    kinds: new Set(mainKinds).size,
  };
  for (const name of Object.keys(volatilityMeasures) as (keyof typeof volatilityMeasures)[]) {
    const found = shuffledVolatility(rows, windowOf, volatilityMeasures[name], {
      shuffles,
      rng: rng.child(name),
    });
    scores[`${name}, raw`] = found.value;
    scores[`${name}, less shuffled history`] = found.excess;
    if (name.startsWith('all')) scores[`${name}, standardised`] = found.standardised;
  }
  for (const name of Object.keys(windowDistances) as (keyof typeof windowDistances)[]) {
    const found = stepVolatility(rows, windowOf, windowDistances[name], {
      shuffles,
      rng: rng.child('steps', name),
    });
    scores[`steps, ${name}, less shuffled pairs`] = found.excess;
    scores[`steps, ${name}, standardised`] = found.standardised;
  }
  if (vectorOf) {
    const vectors = visits.map(({ itemIds }) => sumOfVectors(itemIds, vectorOf));
    const found = stepVolatility(vectors, windowOf, windowDistances.cosine, {
      shuffles,
      rng: rng.child('vectors'),
    });
    scores['steps, cosine of vectors, raw'] = found.value;
    scores['steps, cosine of vectors, less shuffled pairs'] = found.excess;
  }
  const cut = cutOfVisits(rows, { shuffles, rng: rng.child('cut') });
  scores['cut, raw'] = cut.gain;
  scores['cut, standardised'] = cut.standardised;
  const items: number[][] = [];
  const placeOf = new Map<string, number>();
  for (const [place, { itemIds }] of visits.entries()) {
    for (const id of itemIds) {
      if (!placeOf.has(id)) placeOf.set(id, placeOf.size);
      (items[windowOf[place]!] ??= []).push(placeOf.get(id)!);
    }
  }
  const overlaps = jaccardOverWindows(items.filter((window) => window.length > 0));
  scores['new items'] = 1 - overlaps.reduce((sum, overlap) => sum + overlap, 0) / overlaps.length;
  scores['entropy rate, Markov'] = markovEntropyRate(mainKinds);
  scores['entropy rate, Lempel-Ziv'] = lempelZivEntropyRate(mainKinds);
  return scores;
}

/** @throws RangeError when no item has a vector, or one of the items has none */
function sumOfVectors(
  itemIds: readonly string[],
  vectorOf: ReadonlyMap<string, ArrayLike<number>>,
): Float64Array {
  let sum: Float64Array | null = null;
  for (const id of itemIds) {
    const vector = vectorOf.get(id);
    if (!vector) throw new RangeError(`volatilityScores: item '${id}' has no vector`);
    sum ??= new Float64Array(vector.length);
    for (let axis = 0; axis < vector.length; axis++) sum[axis]! += vector[axis]!;
  }
  if (!sum) throw new RangeError('volatilityScores: a visit has no item');
  return sum;
}
