/** Says how likely each of all users is a friend of one: higher is likelier, -Infinity never. One number a user. */
export interface FriendScorer {
  /** Name in tables. */
  readonly name: string;
  readonly score: (user: number) => Float64Array;
}

/** Links that are known: of each user the rows of the friends, both ways. */
export type KnownLinks = readonly Int32Array[];

/**
 * Suggest whoever has most friends: the same for everybody, the baseline of every table.
 *
 * @source Barabási & Albert, "Emergence of Scaling in Random Networks", Science 286, 1999 (new links go to who has many).
 */
export function manyFriends(links: KnownLinks): FriendScorer {
  const degrees = Float64Array.from(links, ({ length }) => length);
  return { name: 'many friends', score: () => degrees };
}

/**
 * Suggest friends of friends: by the number of friends in common.
 *
 * @source Newman, "Clustering and Preferential Attachment in Growing Networks", Physical Review E 64, 2001; Liben-Nowell & Kleinberg,
 *   "The Link Prediction Problem for Social Networks", CIKM 2003, section 3.
 */
export function commonNeighbours(links: KnownLinks): FriendScorer {
  return throughFriends('common neighbours', links, () => 1);
}

/**
 * Suggest friends of friends: a friend in common who has few friends says more than one who knows everybody.
 *
 * Each common friend z counts 1 / log(friends of z); two at least, as z knows both.
 *
 * @source Adamic & Adar, "Friends and Neighbors on the Web", Social Networks 25(3), 2003; as a predictor of links: Liben-Nowell &
 *   Kleinberg, "The Link Prediction Problem for Social Networks", CIKM 2003, section 3.
 */
export function adamicAdar(links: KnownLinks): FriendScorer {
  // A friend of one other only leads nowhere but back, and is not asked for a logarithm of 1.
  return throughFriends('Adamic-Adar', links, (degree) => (degree > 1 ? 1 / Math.log(degree) : 0));
}

function throughFriends(name: string, links: KnownLinks, weight: (degree: number) => number): FriendScorer {
  const weights = Float64Array.from(links, ({ length }) => weight(length));
  return {
    name,
    score: (user) => {
      const scores = new Float64Array(links.length);
      for (const friend of links[user]!)
        for (const other of links[friend]!) if (other !== user) scores[other]! += weights[friend]!;
      return scores;
    },
  };
}

/**
 * Suggest whose items are alike: by the cosine of two users' items, where an item that few use counts more.
 *
 * An item counts log(users / users of the item), 0 where a user does not have it. Links play no part.
 *
 * @param items    of each user, each once
 * @param numItems V: items including padding (index 0)
 * @throws RangeError when an item is out of range
 * @source Salton & McGill, "Introduction to Modern Information Retrieval", 1983, chapters 3 and 4 (inverse document frequency, cosine);
 *   Xiang, Neville & Rogati, "Modeling Relationship Strength in Online Social Networks", WWW 2010 (who is alike is linked).
 */
export function alikeItems(items: readonly Int32Array[], numItems: number): FriendScorer {
  const usersOf = Array.from({ length: numItems }, (): number[] => []);
  for (const [user, own] of items.entries()) {
    for (const item of own) {
      const users = usersOf[item];
      if (!users || item === 0)
        throw new RangeError(`alikeItems: user ${user} has the item ${item} of ${numItems}`);
      users.push(user);
    }
  }
  const squared = usersOf.map(({ length }) => Math.log(items.length / Math.max(1, length)) ** 2);
  const lengths = items.map((own) => Math.sqrt(own.reduce((sum, item) => sum + squared[item]!, 0)));
  return {
    name: 'alike in items',
    score: (user) => {
      const scores = new Float64Array(items.length);
      for (const item of items[user]!) for (const other of usersOf[item]!) scores[other]! += squared[item]!;
      for (let other = 0; other < scores.length; other++) {
        const both = lengths[user]! * lengths[other]!;
        scores[other] = both > 0 ? scores[other]! / both : 0;
      }
      return scores;
    },
  };
}
