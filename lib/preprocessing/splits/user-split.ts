import { InputError } from '../../base/errors';
import type { Rng } from '../../base/random';
import { shareOf } from '../augmentation/share';
import type { Split, SplitColumns, SplitMethod } from './split';

/** What is known of held-out users at the moment of prediction. */
export interface FoldIn {
  /**
   * Of a held-out user's events, the share that the model is given before it predicts the rest: the oldest ones, rounded down,
   * so that at least one is left to predict. 0 gives nothing: every held-out user starts cold. Liang et al. give .8.
   */
  readonly foldInShare: number;
}

/** How users are parted. */
export interface UserSplitOptions extends FoldIn {
  /** Of the users, how many are for validation: 0 to 1, rounded down. */
  readonly validationShare: number;
  /** Of the users, how many are for the test: 0 to 1, rounded down. */
  readonly testShare: number;
  readonly rng: Rng;
}

/**
 * Part users: some to learn from, others, whom the model has never seen, to evaluate ("strong generalization").
 *
 * Nothing of a held-out user is in training. Their first events, `foldInShare` of them, are part `fold-in`: given to the model as a
 * history when it predicts the rest. So this asks how well a model does for new users without learning again.
 *
 * Every user is in exactly one of training, validation and test; which one depends on `rng` alone, all choices alike likely.
 *
 * @throws RangeError when a share is out of range, or both together leave no user for training
 * @throws InputError when the shares round down to no held-out user at all
 * @source Marlin, "Collaborative Filtering: A Machine Learning Perspective", M.Sc. thesis, University of Toronto, 2004
 *   (weak and strong generalization).
 * @source Liang, Krishnan, Hoffman & Jebara, "Variational Autoencoders for Collaborative Filtering", WWW 2018, section 4
 *   (fold-in of 80 % of a held-out user's history).
 * @differs Liang et al. draw the fold-in events at random, so that later events may tell of earlier ones; here they are the oldest.
 */
export function splitByUser(
  { offsets }: Pick<SplitColumns, 'offsets'>,
  { validationShare, testShare, foldInShare, rng }: UserSplitOptions,
): Split {
  const users = offsets.length - 1;
  const numValidation = shareOf('splitByUser', users, validationShare);
  const numTest = shareOf('splitByUser', users, testShare);
  if (numValidation + numTest >= users) {
    throw new RangeError(
      `splitByUser: shares of ${validationShare} and ${testShare} leave none of ${users} users for training`,
    );
  }
  if (numValidation + numTest === 0) {
    throw new InputError(
      `shares of ${validationShare} and ${testShare} of ${users} users are no whole user, so nothing could be evaluated.`,
      'Give larger shares.',
    );
  }
  const order = rng.shuffle(Int32Array.from({ length: users }, (_, user) => user));
  return partByUser('user', offsets, {
    validation: order.subarray(0, numValidation),
    test: order.subarray(numValidation, numValidation + numTest),
    foldInShare,
  });
}

/** Make the split in which given users are held out and all others are for training. */
export function partByUser(
  method: Extract<SplitMethod, 'user' | 'k-fold'>,
  offsets: Int32Array,
  { validation, test, foldInShare }: FoldIn & { readonly validation: Int32Array; readonly test: Int32Array },
): Split {
  const starts = offsets.subarray(0, -1);
  const ends = offsets.subarray(1);
  const [trainEnds, foldInEnds, validationEnds] = [ends.slice(), ends.slice(), ends.slice()];
  for (const user of [...validation, ...test]) {
    const length = ends[user]! - starts[user]!;
    trainEnds[user] = starts[user]!;
    const given = Math.min(shareOf('partByUser', length, foldInShare), Math.max(0, length - 1));
    foldInEnds[user] = starts[user]! + given;
  }
  for (const user of test) validationEnds[user] = foldInEnds[user]!;
  return {
    method,
    offsets,
    trainStarts: starts,
    trainEnds,
    foldInEnds,
    validationEnds,
    testEnds: ends,
    cuts: null,
  };
}
