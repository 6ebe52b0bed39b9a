import { kFoldByUser, type KFoldOptions } from './k-fold';
import type { SplitSequences } from './split-sequences';

/**
 * Deal the users that a split learns from into folds once more: for choosing settings within one fold of a cross-validation.
 *
 * Their training events alone take part; all other events, and all other users, belong to no part.
 *
 * @returns one split a fold, over the sequences of the split that is given
 * @throws RangeError as `kFoldByUser`, of the users that have training events
 * @source Varma & Simon, "Bias in Error Estimation when Using Cross-Validation for Model Selection", BMC Bioinformatics 7, 2006 (a
 *   cross-validation within each training part).
 */
export function innerFolds(
  { sequences, trainStarts, trainEnds }: SplitSequences,
  options: KFoldOptions,
): SplitSequences[] {
  const { offsets } = sequences;
  const users = Int32Array.from(trainEnds.keys()).filter((user) => trainEnds[user]! > trainStarts[user]!);
  const own = new Int32Array(users.length + 1);
  for (const [place, user] of users.entries())
    own[place + 1] = own[place]! + trainEnds[user]! - trainStarts[user]!;
  return kFoldByUser({ offsets: own }, options).map((fold) => {
    const spread = (positions: Int32Array): Int32Array => {
      const all = offsets.slice(0, -1);
      for (const [place, user] of users.entries())
        all[user] = trainStarts[user]! + positions[place]! - own[place]!;
      return all;
    };
    return {
      method: fold.method,
      offsets,
      trainStarts: spread(fold.trainStarts),
      trainEnds: spread(fold.trainEnds),
      foldInEnds: spread(fold.foldInEnds),
      validationEnds: spread(fold.validationEnds),
      testEnds: spread(fold.testEnds),
      cuts: null,
      sequences,
    };
  });
}
