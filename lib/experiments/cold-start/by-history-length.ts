import type { RankQuestion } from '../../recommendation/rank-with-scorer';

/**
 * Ask the same question as if less were known of everybody: of each history only the latest events.
 *
 * Every recommender is asked for the same targets by the same users at each length. Two things change with it: what is read, and what is
 * left out as seen, for what somebody used before the shorter history is a candidate again, as it would be for a shop that has not seen it.
 * The second may weigh more (notebook 05c); where only the reading is meant, shorten histories within the scorer.
 *
 * @param length events kept, from 0; who has fewer keeps all
 * @throws RangeError when `length` is no whole number from 0, or the question has contexts, which would tell of the whole history
 * @source Lam, Vu, Le & Duong, "Addressing Cold-Start Problem in Recommendation Systems", ICUIMC 2008 (new users as those of whom few
 *   ratings are given).
 */
export function knowingOnly(question: RankQuestion, length: number): RankQuestion {
  if (!(Number.isInteger(length) && length >= 0))
    throw new RangeError(`knowingOnly: length must be a whole number from 0, got ${length}`);
  if (question.contexts) throw new RangeError('knowingOnly: the question tells more than items');
  const { histories, targets } = question;
  return {
    targets,
    histories: histories.map((history) => history.subarray(Math.max(0, history.length - length))),
  };
}
