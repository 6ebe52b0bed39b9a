import type { Rng } from '../../base/random';
import type { Split, SplitColumns } from './split';
import { partByUser, type FoldIn } from './user-split';

/** How users are dealt into folds. */
export interface KFoldOptions extends FoldIn {
  /** At least 2, at least 3 with validation; at most as many as there are users. */
  readonly folds: number;
  /** Whether the next fold's users are for validation. Default false: there is none, and settings are chosen beforehand. */
  readonly withValidation?: boolean;
  readonly rng: Rng;
}

/**
 * Cross-validation by user: deal the users into folds, and test on each fold once with a model that learned from the others.
 *
 * Every user is in the test of exactly one split, and the folds differ by one user at most. Of the users in a test the first
 * events are given to the model, see `splitByUser`.
 *
 * @returns one split a fold
 * @throws RangeError when `folds` or `foldInShare` is out of range
 * @source Kohavi, "A Study of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection", IJCAI 1995.
 */
export function kFoldByUser(
  { offsets }: Pick<SplitColumns, 'offsets'>,
  { folds, withValidation = false, foldInShare, rng }: KFoldOptions,
): Split[] {
  const users = offsets.length - 1;
  const least = withValidation ? 3 : 2;
  if (!(Number.isInteger(folds) && folds >= least && folds <= users)) {
    throw new RangeError(
      `kFoldByUser: folds must be ${least} to ${users}, the number of users, got ${folds}`,
    );
  }
  const order = rng.shuffle(Int32Array.from({ length: users }, (_, user) => user));
  // The first folds take one user more, as scikit-learn's KFold has it.
  const startOf = (fold: number): number => fold * Math.floor(users / folds) + Math.min(fold, users % folds);
  const usersOf = (fold: number): Int32Array => order.subarray(startOf(fold), startOf(fold + 1));
  return Array.from({ length: folds }, (_, fold) =>
    partByUser('k-fold', offsets, {
      test: usersOf(fold),
      validation: withValidation ? usersOf((fold + 1) % folds) : new Int32Array(0),
      foldInShare,
    }),
  );
}
