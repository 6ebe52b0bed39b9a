import { rowsOf } from './split';
import type { SplitSequences } from './split-sequences';

/**
 * Take users out of training and validation: what a model knows of them is what it is given when it predicts.
 *
 * Their events of training and validation become fold-in, those of the test stay, so that the very same questions are asked as in the
 * split that is given. All other users keep their parts. For example: learn from men, predict for women.
 *
 * @param isUnseen which users, by their row
 * @returns a split of the method `user`
 * @throws RangeError when nobody, or nothing to learn from, is left
 * @source Marlin, "Collaborative Filtering: A Machine Learning Perspective", M.Sc. thesis, University of Toronto, 2004 (strong
 *   generalization).
 * @differs Who is unseen is given and not drawn.
 */
export function unseenUsers(split: SplitSequences, isUnseen: (user: number) => boolean): SplitSequences {
  const [trainEnds, foldInEnds] = [split.trainEnds.slice(), split.foldInEnds.slice()];
  let unseen = 0;
  for (const user of split.sequences.userIds.keys()) {
    if (!isUnseen(user)) continue;
    unseen += 1;
    trainEnds[user] = split.trainStarts[user]!;
    foldInEnds[user] = split.validationEnds[user]!;
  }
  if (unseen === 0) throw new RangeError('unseenUsers: no user is unseen');
  const { offsets, trainStarts, validationEnds, testEnds, cuts, sequences } = split;
  const made: SplitSequences = {
    method: 'user',
    offsets,
    trainStarts,
    trainEnds,
    foldInEnds,
    validationEnds,
    testEnds,
    cuts,
    sequences,
  };
  if (rowsOf(made, 'training').length === 0)
    throw new RangeError('unseenUsers: nobody is left to learn from');
  return made;
}
