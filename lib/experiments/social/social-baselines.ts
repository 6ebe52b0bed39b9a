import * as tf from '@tensorflow/tfjs';
import type { ScoreUsers } from './evaluate-lists';
import type { SocialData } from './social-data';

/** How many users have each item among their training items; index 0 (padding) is 0. */
function countUsers(lists: readonly Int32Array[], numItems: number): Float32Array {
  const counts = new Float32Array(numItems);
  for (const items of lists) for (const item of items) counts[item]! += 1;
  return counts;
}

/** What most people use, for everybody. Fitted on training items. */
export function popularToAll({ training, vocabulary }: SocialData): ScoreUsers {
  const counts = countUsers(training, vocabulary.itemIds.length);
  return (users) => tf.tidy(() => tf.tile(tf.tensor2d(counts, [1, counts.length]), [users.length, 1]));
}

/** What most of a user's friends use; among equals, what most people use. Fitted on training items. */
export function popularAmongFriends({ training, vocabulary, friends }: SocialData): ScoreUsers {
  const numItems = vocabulary.itemIds.length;
  const all = countUsers(training, numItems);
  const most = all.reduce((largest, count) => Math.max(largest, count), 0);
  return (users) => {
    const scores = new Float32Array(users.length * numItems);
    for (const [row, user] of users.entries()) {
      const own = countUsers(
        Array.from(friends[user]!, (friend) => training[friend]!),
        numItems,
      );
      for (let item = 0; item < numItems; item++)
        scores[row * numItems + item] = own[item]! + all[item]! / (most + 1);
    }
    return tf.tensor2d(scores, [users.length, numItems]);
  };
}
