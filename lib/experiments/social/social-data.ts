import type { Rng } from '../../base/random';
import type { EventLog } from '../../data/event';
import type { FriendLinks } from '../../data/read-friends';
import { splitSets, type SplitSets } from '../../preprocessing/splits/split-sets';
import { buildVocabulary, type Vocabulary } from '../../preprocessing/vocabulary';

/** Who used what, without order, and who is whose friend; parted. Users and items are numbers. */
export interface SocialData extends SplitSets {
  readonly userIds: readonly string[];
  readonly vocabulary: Vocabulary;
  /** Rows of each user's friends. */
  readonly friends: readonly Int32Array[];
  /** Links to or from somebody who uses nothing that is left: left out. */
  readonly strangers: number;
}

/** What is left out, and how the items of each user are parted. */
export interface SocialSplit {
  /** Items that fewer users use are left out, and users who use nothing else; counted before the split. Default 1. */
  readonly minUsers?: number;
  readonly validationShare: number;
  readonly testShare: number;
  readonly rng: Rng;
}

/**
 * Turn a log and a list of friends into numbers, and part the items of each user at random (`splitSets`).
 *
 * An event without an item is left out; an item that a user used several times counts once, whatever the number of times: how often is
 * not used.
 *
 * @throws RangeError when `minUsers` leaves nothing, or a share is out of range
 */
export function socialData(
  log: Pick<EventLog, 'events'>,
  { friendsOf }: Pick<FriendLinks, 'friendsOf'>,
  { minUsers = 1, ...split }: SocialSplit,
): SocialData {
  const usersOf = new Map<string, Set<string>>();
  for (const { userId, itemId } of log.events) {
    if (itemId === null) continue;
    usersOf.set(itemId, (usersOf.get(itemId) ?? new Set<string>()).add(userId));
  }
  const rowOf = new Map<string, number>();
  const itemsOf: string[][] = [];
  for (const { userId, itemId } of log.events) {
    if (itemId === null || usersOf.get(itemId)!.size < minUsers) continue;
    if (!rowOf.has(userId)) itemsOf[rowOf.size] = [];
    rowOf.set(userId, rowOf.get(userId) ?? rowOf.size);
    itemsOf[rowOf.get(userId)!]!.push(itemId);
  }
  if (itemsOf.length === 0) throw new RangeError(`socialData: no item has ${minUsers} users`);
  const vocabulary = buildVocabulary(itemsOf.flat());
  let strangers = 0;
  const friends = Array.from({ length: rowOf.size }, (): number[] => []);
  for (const [user, others] of friendsOf) {
    for (const other of others) {
      const [from, to] = [rowOf.get(user), rowOf.get(other)];
      if (from === undefined || to === undefined) strangers += 1;
      else friends[from]!.push(to);
    }
  }
  const items = itemsOf.map((own) => Int32Array.from(own, (id) => vocabulary.indexOf(id)));
  return {
    userIds: [...rowOf.keys()],
    vocabulary,
    friends: friends.map((own) => Int32Array.from(own)),
    strangers,
    ...splitSets(items, split),
  };
}

/** Of how many friends at most, and of how many of the items of each. */
export interface FriendDraw {
  readonly numFriends: number;
  readonly itemsAFriend: number;
}

/**
 * Draw friends of some users, and training items of each friend: what `friendItems_BFK` holds.
 *
 * All alike likely; friends without a training item are passed over. Each user is drawn for by a generator of its own.
 *
 * @returns B*F*K item indices, 0 = none
 * @throws RangeError when a number is not whole and from 1
 */
export function drawFriendItems(
  { friends, training }: Pick<SocialData, 'friends' | 'training'>,
  users: Int32Array,
  { numFriends: F, itemsAFriend: K }: FriendDraw,
  rng: Rng,
): Int32Array {
  for (const [name, value] of Object.entries({ numFriends: F, itemsAFriend: K })) {
    if (!(Number.isInteger(value) && value >= 1))
      throw new RangeError(`drawFriendItems: ${name} must be a whole number from 1, got ${value}`);
  }
  const drawn = new Int32Array(users.length * F * K);
  for (const [row, user] of users.entries()) {
    const draw = rng.child('friends', user);
    const known = friends[user]!.filter((friend) => training[friend]!.length > 0);
    for (const [place, friend] of draw.shuffle(known).subarray(0, F).entries()) {
      drawn.set(draw.shuffle(training[friend]!.slice()).subarray(0, K), (row * F + place) * K);
    }
  }
  return drawn;
}
