import { sequenceOf, type Sequences } from '../preprocessing/sequences';
import { contextOf } from '../preprocessing/side/side-columns';
import { recommend } from '../recommendation/top-n';
import { sideFor } from './model-side';
import { modelScorer, userVectors, type SequenceModel } from './sequence-model';
import type { Matrix } from '../base/matrix';

/** What a trained model says about users it has never seen. */
export interface Predictions {
  readonly userIds: readonly string[];
  /** Item ids, best first, one list a user. */
  readonly items: readonly (readonly string[])[];
  readonly scores: readonly Float32Array[];
  /** The users' vectors, a row each. */
  readonly vectors: Matrix;
  /** Events that could not be used, by reason: items the model does not know, events without an item. */
  readonly skipped: readonly { readonly reason: string; readonly rows: number }[];
  /** Users none of whose events could be used: they are left out. */
  readonly unknownUsers: readonly string[];
}

/**
 * Recommend to users and give their vectors, from a model alone: no training data, no training.
 *
 * Items that the model does not know are left out of a history and counted; items of the history are not recommended.
 *
 * @param sequences made with `vocabulary: model.vocabulary`, and `codeSide` where the model reads channels, profiles or friends
 * @throws RangeError when they were made with another one
 */
export function predict(
  model: SequenceModel,
  sequences: Sequences,
  { n = 10 }: { readonly n?: number } = {},
): Predictions {
  if (sequences.vocabulary !== model.vocabulary) {
    throw new RangeError('predict: the sequences were not made with the vocabulary of the model');
  }
  const histories = sequences.userIds.map((_, user) => sequenceOf(sequences, user));
  const { offsets } = sequences;
  const side = sideFor(model, sequences.side);
  const known = side && {
    contexts: histories.map((_, user) => contextOf(side, user, offsets[user]!, offsets[user + 1]!)),
  };
  const { items, scores } = recommend(modelScorer(model), histories, { n, excludeSeen: true, ...known });
  return {
    userIds: sequences.userIds,
    items: items.map((list) => Array.from(list, (item) => model.vocabulary.itemIds[item]!)),
    scores,
    vectors: userVectors(model, histories, { ...known }),
    skipped: sequences.skipped,
    unknownUsers: sequences.usersLeftOut,
  };
}
