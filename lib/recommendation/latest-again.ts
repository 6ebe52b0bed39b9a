import * as tf from '@tensorflow/tfjs';
import type { Scorer } from './scorer';

/**
 * Recommend what the user used last once more, then what was used before it, and so on: the baseline where people come back to items.
 *
 * An item of the history scores 1 / (1 + the number of events since it was last used); all others score 0 and tie. It makes no sense where
 * seen items are excluded.
 *
 * @param numItems V: items including padding (index 0)
 * @source Anderson, Kumar, Tomkins & Vassilvitskii, "The Dynamics of Repeat Consumption", WWW 2014, section 4 (recency explains most of
 *   what is consumed again).
 * @differs The order of recency alone, without their weights of each age.
 */
export function latestAgain(numItems: number): Scorer {
  return {
    name: 'latest again',
    numItems,
    score: (histories) => {
      const scores = new Float32Array(histories.length * numItems);
      for (const [user, history] of histories.entries()) {
        for (const [place, item] of history.entries())
          scores[user * numItems + item] = 1 / (history.length - place);
      }
      return tf.tensor2d(scores, [histories.length, numItems]);
    },
  };
}
