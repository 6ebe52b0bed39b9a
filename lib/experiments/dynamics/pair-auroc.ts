import type { Rng } from '../../base/random';
import { auroc } from '../../evaluation/auroc';
import { bootstrapInterval, type BootstrapInterval } from '../../evaluation/bootstrap-interval';

/**
 * Validate a measure of similarity against planted groups: how often two users of one group are more alike than two of different groups.
 *
 * The area under the ROC curve over all pairs of users. Pairs that share a user are not independent, so the interval draws users anew, not
 * pairs; a user drawn twice is no pair with itself.
 *
 * @param users    what is compared, one a user
 * @param likeness larger means more alike; symmetric. Pairs for which it is NaN are left out
 * @param groups   of each user
 * @throws RangeError when the lengths differ, or there are no pairs of either kind
 * @source Hanley & McNeil, "The Meaning and Use of the Area under a Receiver Operating Characteristic (ROC) Curve", Radiology 143(1),
 *   1982; Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13 (the interval).
 */
export function pairAuroc<T>(
  users: readonly T[],
  likeness: (a: T, b: T) => number,
  groups: readonly string[],
  { rng, resamples = 200 }: { readonly rng: Rng; readonly resamples?: number },
): BootstrapInterval {
  const count = users.length;
  if (groups.length !== count)
    throw new RangeError(`pairAuroc: ${count} users and groups of ${groups.length}`);
  const alike = new Float64Array(count * count);
  for (let one = 0; one < count; one++)
    for (let other = 0; other < one; other++)
      alike[one * count + other] = alike[other * count + one] = likeness(users[one]!, users[other]!);
  const area = (chosen: Int32Array): number => {
    const [scores, same]: [number[], number[]] = [[], []];
    for (let place = 0; place < count; place++) {
      for (let before = 0; before < place; before++) {
        const [one, other] = [chosen[place]!, chosen[before]!];
        const score = alike[one * count + other]!;
        if (one === other || Number.isNaN(score)) continue;
        scores.push(score);
        same.push(Number(groups[one] === groups[other]));
      }
    }
    return auroc(scores, same);
  };
  return bootstrapInterval(count, area, { rng, resamples });
}
