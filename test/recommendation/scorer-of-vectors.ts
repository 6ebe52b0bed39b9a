import * as tf from '@tensorflow/tfjs';
import { dotProductScorer } from '../../lib/recommendation/by-encoder';
import type { Scorer } from '../../lib/recommendation/scorer';

/** Vectors of users and items, row after row, and the history that names each user: the object itself. */
export interface GivenVectors {
  readonly users: Float32Array;
  readonly items: Float32Array;
  readonly histories: readonly Int32Array[];
}

/** Scores of given vectors of D numbers: once with the vectors handed out, once as scores alone. */
export function scorerOfVectors(
  { users, items, histories }: GivenVectors,
  D: number,
  make: typeof dotProductScorer = dotProductScorer,
): { readonly scorer: Scorer; readonly plain: Scorer } {
  const place = new Map(histories.map((history, user) => [history, user]));
  const numItems = items.length / D;
  const scorer = make({
    name: 'given',
    encode: (batch) =>
      tf.stack(
        batch.map((history) =>
          tf.tensor1d(users.subarray(place.get(history)! * D, (place.get(history)! + 1) * D)),
        ),
      ) as tf.Tensor2D,
    itemVectors_VD: tf.tensor2d(items, [numItems, D]),
  });
  return { scorer, plain: { name: scorer.name, numItems, score: (batch) => scorer.score(batch) } };
}
