import type { Rng } from '../base/random';
import { openBanditPlaces, type OpenBanditLog } from '../data/read-open-bandit';
import type { LoggedFeedback, PredictedRewards } from '../evaluation/off-policy/policy-value';

/** How probably each item is shown at each place, whoever looks: `[place * itemCount + item]`, each place adding up to 1. */
export type PlacePolicy = Float64Array;

/** Every item as probably as any other. */
export function uniformPolicy({ itemCount }: Pick<OpenBanditLog, 'itemCount'>): PlacePolicy {
  return new Float64Array(openBanditPlaces * itemCount).fill(1 / itemCount);
}

/**
 * What a log's policy did on average: the share of each item at each place.
 *
 * A policy that learns changes from hour to hour; this is its mean over the log, and a value estimated for it is that of such a mean.
 */
export function averagePolicy({ items, places, itemCount }: OpenBanditLog): PlacePolicy {
  const shares = new Float64Array(openBanditPlaces * itemCount);
  const cases = new Float64Array(openBanditPlaces);
  for (const [at, item] of items.entries()) {
    shares[places[at]! * itemCount + item]! += 1;
    cases[places[at]!]! += 1;
  }
  return shares.map((count, at) => count / cases[Math.floor(at / itemCount)]!);
}

/** What the estimators need to know of a log, to say what another policy would have earned. */
export function feedbackFor(log: OpenBanditLog, policy: PlacePolicy): LoggedFeedback {
  return {
    rewards: log.clicks,
    propensities: log.propensities,
    targets: Float64Array.from(log.items, (item, at) => policy[log.places[at]! * log.itemCount + item]!),
  };
}

/** How clicks are predicted. */
export interface CrossFitting {
  readonly rng: Rng;
  /** 2 or more; default 5. */
  readonly folds?: number;
  /** As how many cases the rate of the place counts; default 100. */
  readonly prior?: number;
}

/**
 * Predict the clicks of each case by the rates of its item and place in the other folds of the log, drawn towards the rate of all.
 *
 * A rate is (clicks of the item + `prior` x the rate of the place) / (times shown + `prior`): an item shown twice says little.
 *
 * @throws RangeError when there are fewer than 2 folds or the prior is not above 0
 * @source Chernozhukov, Chetverikov, Demirer, Duflo, Hansen, Newey & Robins, "Double/Debiased Machine Learning for Treatment and
 *   Structural Parameters", Econometrics Journal 21(1), 2018 (cross-fitting).
 */
export function crossFittedRates(
  log: OpenBanditLog,
  policy: PlacePolicy,
  { rng, folds = 5, prior = 100 }: CrossFitting,
): PredictedRewards {
  if (!(Number.isInteger(folds) && folds >= 2))
    throw new RangeError(`crossFittedRates: needs 2 folds or more, got ${folds}`);
  if (!(prior > 0)) throw new RangeError(`crossFittedRates: the prior must be above 0, got ${prior}`);
  const { items, places, clicks, itemCount } = log;
  const foldOf = rng.shuffle(Int32Array.from(items, (_, at) => at % folds));
  const ofShown = new Float64Array(items.length);
  const ofTarget = new Float64Array(items.length);
  for (let fold = 0; fold < folds; fold++) {
    const rates = ratesWithout(fold);
    const expected = Float64Array.from({ length: openBanditPlaces }, (_, place) => {
      let sum = 0;
      for (let item = 0; item < itemCount; item++) {
        sum += policy[place * itemCount + item]! * rates[place * itemCount + item]!;
      }
      return sum;
    });
    for (const [at, item] of items.entries()) {
      if (foldOf[at] !== fold) continue;
      ofShown[at] = rates[places[at]! * itemCount + item]!;
      ofTarget[at] = expected[places[at]!]!;
    }
  }
  return { ofShown, ofTarget };

  function ratesWithout(fold: number): Float64Array {
    const [shown, clicked] = [new Float64Array(itemCount), new Float64Array(itemCount)];
    const [shownAt, clickedAt] = [new Float64Array(openBanditPlaces), new Float64Array(openBanditPlaces)];
    for (const [at, item] of items.entries()) {
      if (foldOf[at] === fold) continue;
      shown[item]! += 1;
      clicked[item]! += clicks[at]!;
      shownAt[places[at]!]! += 1;
      clickedAt[places[at]!]! += clicks[at]!;
    }
    return Float64Array.from({ length: openBanditPlaces * itemCount }, (_, at) => {
      const [place, item] = [Math.floor(at / itemCount), at % itemCount];
      const ofPlace = shownAt[place]! === 0 ? 0 : clickedAt[place]! / shownAt[place]!;
      return (clicked[item]! + prior * ofPlace) / (shown[item]! + prior);
    });
  }
}
