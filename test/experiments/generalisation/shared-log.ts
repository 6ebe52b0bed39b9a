import * as tf from '@tensorflow/tfjs';
import { createRng, type Rng } from '../../../lib/base/random';
import type { LearnedScorer, Rival } from '../../../lib/experiments/rival';
import { rowsOf } from '../../../lib/preprocessing/splits/split';
import { toSequences, type Sequences } from '../../../lib/preprocessing/sequences';
import { countItems, popularity } from '../../../lib/recommendation/popularity';
import { markov } from '../../../lib/recommendation/markov';
import type { Scorer } from '../../../lib/recommendation/scorer';
import { toyLog } from '../../preprocessing/toy-log';

export const source = { name: 'toy', sha256: 'abc' };

/** Users who go round a circle of items, each from a place and at a time of the own. */
export function circle(users: number, items: number, length: number, rng: Rng = createRng(4)): Sequences {
  return toSequences(
    toyLog(
      Array.from({ length: users }, (_, user) => {
        const first = rng.integer(items);
        return Array.from(
          { length },
          (_, step) => [`u${user}`, `i${(first + step) % items}`, 100 * step + user] as const,
        );
      }).flat(),
    ),
  );
}

/** Learns by counting what follows what. */
export const chain: Rival<unknown> = {
  name: 'Markov',
  learn: (known) => ({ scorer: markov(known.sequences, rowsOf(known, 'training')), epoch: null }),
};

export const popular: Rival<unknown> = {
  name: 'popularity',
  learn: (known) => ({ scorer: popularity(countItems(known)), epoch: null }),
};

/** Scores by a function of the history and the item. */
export function scorerOf(
  name: string,
  numItems: number,
  score: (history: Int32Array, item: number) => number,
): Scorer {
  return {
    name,
    numItems,
    score: (histories) =>
      tf.tensor2d(
        Float32Array.from(
          histories.flatMap((own) => Array.from({ length: numItems }, (_, item) => score(own, item))),
        ),
        [histories.length, numItems],
      ),
  };
}

/** Knows nothing: other random scores for every name, user and item. */
export function noise(name: string, rng: Rng): Rival<unknown> {
  return {
    name,
    learn: ({ sequences }): LearnedScorer => {
      const own = rng.child(name);
      return {
        scorer: scorerOf(name, sequences.vocabulary.itemIds.length, () => own.next()),
        epoch: null,
      };
    },
  };
}

/** Looks for each user's answer where it would stand if it had been handed over: behind the last event that may be seen. */
export const cheat: Rival<unknown> = {
  name: 'cheat',
  learn: ({ sequences, validationEnds, offsets, trainStarts }) => {
    const numItems = sequences.vocabulary.itemIds.length;
    const answers = new Map<string, number>();
    for (const user of sequences.userIds.keys()) {
      const history = sequences.items.subarray(trainStarts[user], validationEnds[user]);
      const answer = validationEnds[user]! < offsets[user + 1]! ? sequences.items[validationEnds[user]!]! : 0;
      answers.set(history.join(), answer);
    }
    return {
      scorer: scorerOf('cheat', numItems, (history, item) =>
        answers.get(history.join()) === item ? 1 : -item,
      ),
      epoch: null,
    };
  },
};
