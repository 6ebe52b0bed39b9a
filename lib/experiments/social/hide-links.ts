import type { Rng } from '../../base/random';
import type { KnownLinks } from '../../recommendation/friend-scores';

/** Two users, the smaller row first. */
export type Link = readonly [number, number];

/** A graph of friends of which some links are hidden, to be found again. */
export interface HiddenLinks {
  /** What a suggestion may look at: no hidden link is here in either direction. */
  readonly visible: KnownLinks;
  /** For choices. */
  readonly validation: readonly Link[];
  readonly test: readonly Link[];
}

/**
 * Hide a share of the links at random, all alike likely.
 *
 * A link is hidden whole: a friend list that still names one direction would give the answer away. Who loses the only link stays, as
 * somebody without friends.
 *
 * @param friends rows of each user's friends; a link counts once, whether given in one direction or both
 * @param options shares of all links, rounded down, from 0 and together below 1
 * @throws RangeError when a share is out of range, or a friend is no user or the user
 * @source Liben-Nowell & Kleinberg, "The Link Prediction Problem for Social Networks", CIKM 2003.
 * @differs There links are parted by time, which Last.fm's do not have; here at random, which is easier.
 */
export function hideLinks(
  friends: readonly ArrayLike<number>[],
  {
    validationShare,
    testShare,
    rng,
  }: { readonly validationShare: number; readonly testShare: number; readonly rng: Rng },
): HiddenLinks {
  if (!(validationShare >= 0 && testShare >= 0 && validationShare + testShare < 1))
    throw new RangeError(
      `hideLinks: shares must be from 0, together below 1, got ${validationShare} and ${testShare}`,
    );
  const all = new Map<string, Link>();
  for (const [user, own] of friends.entries()) {
    for (const friend of Array.from(own)) {
      if (!(Number.isInteger(friend) && friend >= 0 && friend < friends.length) || friend === user)
        throw new RangeError(
          `hideLinks: user ${user} has the friend ${friend}, users are 0 to ${friends.length - 1}`,
        );
      const link: Link = user < friend ? [user, friend] : [friend, user];
      all.set(link.join(' '), link);
    }
  }
  const order = rng.child('links').shuffle([...all.values()]);
  const [numTest, numValidation] = [testShare, validationShare].map((share) =>
    Math.floor(share * order.length),
  ) as [number, number];
  const visible = Array.from({ length: friends.length }, (): number[] => []);
  for (const [one, other] of order.slice(numTest + numValidation)) {
    visible[one]!.push(other);
    visible[other]!.push(one);
  }
  return {
    visible: visible.map((own) => Int32Array.from(own).sort()),
    test: order.slice(0, numTest),
    validation: order.slice(numTest, numTest + numValidation),
  };
}
