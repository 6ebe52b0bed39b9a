import { trainPart, type SplitSequences } from '../splits/split-sequences';

/**
 * Of each item, the one that most resembles it: the same users took both.
 *
 * The cosine of the sets of users, from training parts alone; the lower index among equals. Memory: numbers for all items once; time: the
 * square of each user's items.
 *
 * @returns by item index; an item that nobody shares with another stands for itself, and so does 0
 * @source Deshpande & Karypis, "Item-Based Top-N Recommendation Algorithms", ACM Trans. Information Systems 22(1), 2004, section 4.1
 *   (cosine).
 */
export function mostSimilarItems(split: SplitSequences): Int32Array {
  const numItems = split.sequences.vocabulary.itemIds.length;
  const itemsOf = split.sequences.userIds.map((_, user) => Int32Array.from(new Set(trainPart(split, user))));
  const usersOf = Array.from({ length: numItems }, (): number[] => []);
  for (const [user, own] of itemsOf.entries()) for (const item of own) usersOf[item]!.push(user);
  const similar = Int32Array.from({ length: numItems }, (_, item) => item);
  const shared = new Int32Array(numItems);
  for (let item = 1; item < numItems; item++) {
    shared.fill(0);
    for (const user of usersOf[item]!) for (const other of itemsOf[user]!) shared[other]!++;
    let most = 0;
    for (let other = 1; other < numItems; other++) {
      if (other === item || shared[other] === 0) continue;
      const cosine = shared[other]! / Math.sqrt(usersOf[item]!.length * usersOf[other]!.length);
      if (cosine > most) [most, similar[item]] = [cosine, other];
    }
  }
  return similar;
}
