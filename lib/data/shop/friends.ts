import type { Rng } from '../../base/random';

/** Who knows whom among the customers of the made-up shop, and how much they listen to each other. */
export interface ShopFriends {
  /** Probability that two customers of the same group are friends. */
  readonly withinRate: number;
  /** Probability that two customers of different groups are friends. */
  readonly betweenRate: number;
  /** Probability that an item seen is one that a friend bought or made a favourite before, where there is one. */
  readonly influenceRate: number;
}

/** Two customers who know each other; it holds both ways and is written once, the smaller id first. */
export interface FriendLink {
  readonly userId: string;
  readonly friendId: string;
}

/**
 * Draw friendships by a stochastic block model: every pair is linked independently, with a probability that only
 * depends on whether both are of the same group.
 *
 * Links come in the order of user and friend, each pair once, nobody with themselves. Takes time in proportion to the
 * links, not to the pairs: the number of pairs skipped until the next link is geometric.
 *
 * @source Holland, Laskey & Leinhardt, "Stochastic Blockmodels: First Steps", Social Networks 5(2), 1983.
 * @source Batagelj & Brandes, "Efficient Generation of Large Random Networks", Physical Review E 71, 2005 (skipping).
 */
export function drawFriendLinks(
  groupOf: ReadonlyMap<string, string>,
  { withinRate, betweenRate }: Pick<ShopFriends, 'withinRate' | 'betweenRate'>,
  rng: Rng,
): FriendLink[] {
  const byGroup = new Map<string, string[]>();
  for (const [userId, group] of groupOf) {
    const known = byGroup.get(group);
    if (known) known.push(userId);
    else byGroup.set(group, [userId]);
  }
  const blocks = [...byGroup.values()];
  const links: FriendLink[] = [];
  const link = (one: string, other: string): void => {
    links.push(one < other ? { userId: one, friendId: other } : { userId: other, friendId: one });
  };
  blocks.forEach((block, at) => {
    for (const pair of chosenPairs((block.length * (block.length - 1)) / 2, withinRate, rng)) {
      const [row, column] = triangle(pair);
      link(block[row]!, block[column]!);
    }
    for (const other of blocks.slice(at + 1)) {
      for (const pair of chosenPairs(block.length * other.length, betweenRate, rng)) {
        link(block[Math.floor(pair / other.length)]!, other[pair % other.length]!);
      }
    }
  });
  const key = ({ userId, friendId }: FriendLink): string => `${userId} ${friendId}`;
  return links.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Numbers below `pairs`, ascending, each there with probability `rate`. */
function* chosenPairs(pairs: number, rate: number, rng: Rng): Generator<number> {
  if (rate === 0) return;
  for (let pair = -1; ;) {
    pair += rate === 1 ? 1 : 1 + Math.floor(Math.log1p(-rng.next()) / Math.log1p(-rate));
    if (pair >= pairs) return;
    yield pair;
  }
}

/** Row and column, row > column, of a place in a triangle that is filled row by row: (1, 0), (2, 0), (2, 1), ... */
function triangle(place: number): [number, number] {
  let row = Math.floor((1 + Math.sqrt(1 + 8 * place)) / 2);
  // The square root of a large number may be a little off.
  while ((row * (row - 1)) / 2 > place) row -= 1;
  while (((row + 1) * row) / 2 <= place) row += 1;
  return [row, place - (row * (row - 1)) / 2];
}

/**
 * Refuse rates that are no probabilities.
 *
 * @throws RangeError naming the rate that is out of range
 */
export function checkFriends(friends: ShopFriends): void {
  for (const [name, rate] of Object.entries(friends) as [string, number][]) {
    if (!(rate >= 0 && rate <= 1)) {
      throw new RangeError(`friends: ${name} must be from 0 to 1, got ${rate}`);
    }
  }
}
