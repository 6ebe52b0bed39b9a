import { InputError } from '../../base/errors';
import type { FriendLinks } from '../../data/read-friends';
import type { Sequences } from '../sequences';
import type { Split } from '../splits/split';
import type { FriendRules } from './side-columns';

/** Our choice, not tuned. */
export const friendDefaults: FriendRules = { numFriends: 10, itemsAFriend: 10 };

/**
 * Put who is whose friend beside the sequences: of each user the rows of the friends, in the order of the links.
 *
 * Links from or to somebody without a sequence are left out and counted (`strangers`).
 *
 * @throws InputError when no link is between users of the sequences
 */
export function withFriends<Kind extends Sequences>(
  sequences: Kind,
  { friendsOf }: Pick<FriendLinks, 'friendsOf'>,
): { readonly sequences: Kind & { readonly friends: readonly Int32Array[] }; readonly strangers: number } {
  const rowOf = new Map(sequences.userIds.map((id, row) => [id, row]));
  const friends = sequences.userIds.map((id) =>
    Int32Array.from((friendsOf.get(id) ?? []).flatMap((friend) => rowOf.get(friend) ?? [])),
  );
  const count = (all: Iterable<{ readonly length: number }>): number =>
    [...all].reduce((sum, { length }) => sum + length, 0);
  if (friends.every(({ length }) => length === 0)) {
    throw new InputError('no two users of the events are friends.', 'Write the ids as the events have them.');
  }
  return { sequences: { ...sequences, friends }, strangers: count(friendsOf.values()) - count(friends) };
}

/**
 * The latest items of each user's friends: what `friendItems_BFK` of a model that reads friends holds.
 *
 * Of the friends the first in the order of the links, those without an item passed over; of each the latest items, oldest first.
 *
 * @param known which events count: the training part of a split, so that no held-out event is told; default all
 * @returns N*F*K item indices, 0 = none
 * @throws InputError when the sequences say nothing of friends
 * @throws RangeError when a number is not whole and from 1
 */
export function latestOfFriends(
  { offsets, items, friends }: Sequences,
  { numFriends: F, itemsAFriend: K }: FriendRules,
  known?: Pick<Split, 'trainStarts' | 'trainEnds'>,
): Int32Array {
  for (const [name, value] of Object.entries({ numFriends: F, itemsAFriend: K })) {
    if (!(Number.isInteger(value) && value >= 1))
      throw new RangeError(`latestOfFriends: ${name} must be a whole number from 1, got ${value}`);
  }
  if (!friends) {
    throw new InputError('the data say nothing of friends.', 'Give them with --friends FILE (friendsFile).');
  }
  const start = known?.trainStarts ?? offsets;
  const end = known?.trainEnds ?? offsets.subarray(1);
  const all = new Int32Array(friends.length * F * K);
  for (const [user, own] of friends.entries()) {
    const heard = own.filter((friend) => end[friend]! > start[friend]!).subarray(0, F);
    for (const [place, friend] of heard.entries()) {
      const from = Math.max(start[friend]!, end[friend]! - K);
      all.set(items.subarray(from, end[friend]), (user * F + place) * K);
    }
  }
  return all;
}
