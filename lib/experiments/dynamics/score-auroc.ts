import type { Rng } from '../../base/random';
import { auroc } from '../../evaluation/auroc';
import { bootstrapInterval, type BootstrapInterval } from '../../evaluation/bootstrap-interval';

/** How well a score ranks users who were made volatile above those who were not. */
export interface ScoreAuroc extends BootstrapInterval {
  /** Users with a score, and how many of them were planted. */
  readonly users: number;
  readonly planted: number;
  /** Users of whom the score says nothing. */
  readonly withoutScore: number;
  /** The same area with the planted labels shuffled, mean of 100: about .5, or the measurement is wrong. */
  readonly shuffled: number;
}

/**
 * Validate a score against planted truth: the area under its ROC curve, with an interval over users.
 *
 * .5 says that the score knows nothing of it; below, that it ranks the wrong way round.
 *
 * @param scores    one a user, larger means rather volatile; NaN where it says nothing
 * @param isPlanted of each user
 * @throws RangeError when the lengths differ, or fewer than 10 users of either kind have a score
 * @source Hanley & McNeil, "The Meaning and Use of the Area under a Receiver Operating Characteristic (ROC) Curve", Radiology 143(1),
 *   1982; Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13 (the interval).
 */
export function scoreAuroc(
  scores: ArrayLike<number>,
  isPlanted: readonly boolean[],
  { rng, resamples = 1000 }: { readonly rng: Rng; readonly resamples?: number },
): ScoreAuroc {
  if (scores.length !== isPlanted.length)
    throw new RangeError(`scoreAuroc: ${scores.length} scores for ${isPlanted.length} users`);
  const rows = [...isPlanted.keys()].filter((user) => !Number.isNaN(scores[user]));
  const own = rows.map((user) => scores[user]!);
  const labels = rows.map((user) => Number(isPlanted[user]));
  const planted = labels.filter((label) => label === 1).length;
  if (planted < 10 || rows.length - planted < 10) {
    throw new RangeError(
      `scoreAuroc: ${planted} planted users and ${rows.length - planted} others have a score; an interval needs 10 of each`,
    );
  }
  const area = (chosen: ArrayLike<number>): number => {
    const places = Array.from(chosen);
    return auroc(
      places.map((place) => own[place]!),
      places.map((place) => labels[place]!),
    );
  };
  const found = bootstrapInterval(rows.length, area, { rng: rng.child('users'), resamples });
  const dealt = [...labels];
  const shuffling = rng.child('labels');
  const shuffles = 100;
  let shuffled = 0;
  for (let shuffle = 0; shuffle < shuffles; shuffle++)
    shuffled += auroc(own, shuffling.shuffle(dealt)) / shuffles;
  return { ...found, users: rows.length, planted, withoutScore: isPlanted.length - rows.length, shuffled };
}
