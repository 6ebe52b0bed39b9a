import { welchTTest } from '../../evaluation/difference/t-test';
import { adjustPs } from '../../evaluation/many-tests';
import { meanInterval } from '../../evaluation/mean-interval';

/** How well one group of users is served. */
export interface GroupAccuracy {
  /** What users are grouped by: 'gender'. */
  readonly by: string;
  readonly group: string;
  readonly users: number;
  /** Mean of the group, and its interval of 95 %. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Mean of all others minus that of the group: above 0, others are served better. */
  readonly othersMore: number;
  /** That this is chance, by Welch's test; corrected for all groups of all kinds (Holm). */
  readonly p: number;
}

/** Groups of fewer users say too little to be shown. */
export const smallestGroup = 20;

/**
 * Ask of each group of users whether a model serves it worse, or better, than everybody else.
 *
 * A difference is no proof of unfairness: groups may differ in how predictable they are, or in how much is known of them. And where p is
 * large, a difference may still be there: see the intervals.
 *
 * @param gains what each user got, such as NDCG@10
 * @param kinds by name, the group of each user; null for a user who has none
 * @returns groups of at least 20 users that are not everybody, kind by kind
 * @throws RangeError when a kind has not one entry a user
 * @source Ekstrand et al., "All The Cool Kids, How Do They Fit In?: Popularity and Demographic Biases in Recommender Evaluation and
 *   Effectiveness", FAT* 2018.
 */
export function groupAccuracy(
  gains: ArrayLike<number>,
  kinds: Readonly<Record<string, readonly (string | null)[]>>,
): GroupAccuracy[] {
  const compared = Object.entries(kinds).flatMap(([by, ofUser]) => {
    if (ofUser.length !== gains.length) {
      throw new RangeError(`groupAccuracy: '${by}' has ${ofUser.length} entries for ${gains.length} users`);
    }
    const groups = [...new Set(ofUser.filter((group) => group !== null))].sort();
    return groups.flatMap((group) => {
      const [own, others]: [number[], number[]] = [[], []];
      for (const [user, one] of ofUser.entries())
        if (one !== null) (one === group ? own : others).push(gains[user]!);
      if (own.length < smallestGroup || others.length < smallestGroup) return [];
      const { mean, low, high } = meanInterval(own);
      return [{ by, group, users: own.length, mean, low, high, ...differenceOf(own, others) }];
    });
  });
  const ps = adjustPs(
    compared.map(({ p }) => p),
    'holm',
  );
  return compared.map((row, place) => ({ ...row, p: ps[place]! }));
}

function differenceOf(own: number[], others: number[]): { othersMore: number; p: number } {
  // Where nobody differs from anybody there is no spread to test by.
  const isFlat = [...own, ...others].every((value) => value === own[0]);
  if (isFlat) return { othersMore: 0, p: 1 };
  const { difference, p } = welchTTest(own, others);
  return { othersMore: difference, p };
}

/**
 * Users in four groups of about one size, by a number each: how long their histories are, how far their interests moved.
 *
 * Equal numbers stay together, so that there may be fewer groups. NaN has no group.
 *
 * @returns a name each, in alphabetical order that of the numbers: '1: 5 to 18'
 * @source Hyndman & Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50(4), 1996, definition 1.
 */
export function quarters(values: ArrayLike<number>, digits = 0): (string | null)[] {
  const all = Array.from(values);
  const sorted = all.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const cuts = [0.25, 0.5, 0.75].map((share) => sorted[Math.ceil(share * sorted.length) - 1]!);
  const quarterOf = (value: number): number => cuts.filter((cut) => value > cut).length;
  const members = [0, 1, 2, 3].map((quarter) => sorted.filter((value) => quarterOf(value) === quarter));
  const print = (value: number): string => value.toFixed(digits);
  const names = members.map(
    (own, quarter) => `${quarter + 1}: ${print(own[0] ?? 0)} to ${print(own.at(-1) ?? 0)}`,
  );
  return all.map((value) => (Number.isNaN(value) ? null : names[quarterOf(value)]!));
}
