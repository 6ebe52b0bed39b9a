import * as tf from '@tensorflow/tfjs';
import type { ItemRules } from '../patterns/item-rules';
import type { Scorer } from './scorer';

/**
 * Recommend what the user's last item speaks for by rules of two items.
 *
 * The scores of a user are the weights of the rules of the last item, divided by the largest of them; items without a rule have 0, and so
 * has everything for an empty history.
 *
 * @source Kamehkhosh, Jannach & Ludewig, "A Comparison of Frequent Pattern Techniques and a Deep Learning Method for Session-Based
 *   Recommendation", RecTemp workshop at RecSys 2017, section 3 (the last click alone decides).
 */
export function byRules(name: string, { numItems, consequents, weights }: ItemRules): Scorer {
  return {
    name,
    numItems,
    score: (histories) => {
      const scores = new Float32Array(histories.length * numItems);
      for (const [user, history] of histories.entries()) {
        const last = history.at(-1) ?? 0;
        const [own, most] = [weights[last]!, weights[last]![0] ?? 1];
        for (const [place, item] of consequents[last]!.entries())
          scores[user * numItems + item] = own[place]! / most;
      }
      return tf.tensor2d(scores, [histories.length, numItems]);
    },
  };
}
