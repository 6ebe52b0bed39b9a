import { expectCutoff } from './ranks';
import { firstOf } from './recommended-lists';

/** What each user was recommended, and how right each item would have been. */
export interface GradedLists {
  /** Best first. Shorter than `k` where there was nothing more. */
  readonly lists: readonly ArrayLike<number>[];
  /** Of each user the grade of every judged item, from 0; items that are not named have 0. */
  readonly grades: readonly ReadonlyMap<number, number>[];
}

/** What an item of a grade is worth. */
export const gains = ['linear', 'exponential'] as const;

/**
 * - `linear`: the grade itself (Järvelin & Kekäläinen, trec_eval, scikit-learn).
 * - `exponential`: 2^grade - 1, which parts the best from the good (Burges et al., LambdaMART, search engines). With grades 0 and 1 it is
 *   the same.
 */
export type Gain = (typeof gains)[number];

/**
 * DCG@k of each user: what each item is worth, less the further down it stands: divided by log2(place + 1).
 *
 * Not bounded: users with more and better items get more. To compare users: `gradedNdcgOfLists`.
 *
 * @throws RangeError when there are not as many lists as users, a list names an item twice, or a grade is negative or not finite
 * @source Järvelin & Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques", ACM TOIS 20(4), 2002; exponential: Burges et al.,
 *   "Learning to Rank using Gradient Descent", ICML 2005.
 * @differs The discount is log2(place + 1) from the first place on, not the paper's max(1, log2 place).
 */
export function dcgOfLists(graded: GradedLists, k: number, gain: Gain): Float64Array {
  expectGrades('dcgOfLists', graded, k);
  return Float64Array.from(graded.lists, (list, user) =>
    discounted(
      firstOf('dcgOfLists', list, user, k).map((item) => gainOf(graded.grades[user]!.get(item) ?? 0, gain)),
    ),
  );
}

/**
 * NDCG@k of each user: the DCG divided by that of the best list there could be, of all judged items in the order of their grades.
 *
 * 0 to 1. There is no default gain: figures of the two are not comparable where grades go beyond 1.
 *
 * @throws RangeError as `dcgOfLists`, and when no item of a user has a grade above 0
 * @source Järvelin & Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques", ACM TOIS 20(4), 2002.
 */
export function gradedNdcgOfLists(graded: GradedLists, k: number, gain: Gain): Float64Array {
  return gradedNdcg('gradedNdcgOfLists', graded, k, gain);
}

/** The same for a metric that says its own name. @throws RangeError as `gradedNdcgOfLists` */
export function gradedNdcg(metric: string, graded: GradedLists, k: number, gain: Gain): Float64Array {
  expectGrades(metric, graded, k);
  return Float64Array.from(graded.lists, (list, user) => {
    const grades = graded.grades[user]!;
    const best = idealDcg([...grades.values()], k, gain);
    if (best === 0) throw new RangeError(`${metric}: user ${user} has no right item`);
    return (
      discounted(firstOf(metric, list, user, k).map((item) => gainOf(grades.get(item) ?? 0, gain))) / best
    );
  });
}

/** The DCG of grades in the best order. */
export function idealDcg(grades: readonly number[], k: number, gain: Gain): number {
  const best = [...grades].sort((a, b) => b - a).slice(0, k);
  return discounted(best.map((grade) => gainOf(grade, gain)));
}

/** What a grade is worth. */
export function gainOf(grade: number, gain: Gain): number {
  return gain === 'linear' ? grade : 2 ** grade - 1;
}

function discounted(gained: readonly number[]): number {
  return gained.reduce((sum, own, place) => sum + own / Math.log2(place + 2), 0);
}

function expectGrades(metric: string, { lists, grades }: GradedLists, k: number): void {
  expectCutoff(metric, k);
  if (lists.length !== grades.length || lists.length === 0) {
    throw new RangeError(`${metric}: ${lists.length} lists for ${grades.length} users`);
  }
  for (const [user, own] of grades.entries()) {
    for (const [item, grade] of own) {
      if (!(grade >= 0 && grade < Infinity)) {
        throw new RangeError(
          `${metric}: item ${item} of user ${user} has the grade ${grade}, grades start at 0`,
        );
      }
    }
  }
}
