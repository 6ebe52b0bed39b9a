import { describe, expect, it } from 'vitest';
import { leaveOneOut } from '../../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../../lib/preprocessing/sequences';
import { latestOfFriends, withFriends } from '../../../lib/preprocessing/side/friends';
import { contextOf, latestOf } from '../../../lib/preprocessing/side/side-columns';
import { codeSide } from '../../../lib/preprocessing/side/side-information';
import { toyLog } from '../toy-log';

const log = (all: Record<string, string[]>) =>
  toyLog(Object.entries(all).flatMap(([user, own]) => own.map((item, at) => [user, item, at] as const)));
const sequences = toSequences(log({ a: ['1', '2', '3', '4'], b: ['5', '6'], c: ['7', '8', '9'], d: ['1'] }));
const links = (all: Record<string, string[]>) => ({ friendsOf: new Map(Object.entries(all)) });
const idsOf = (items: Int32Array): string[] =>
  Array.from(items, (item) => sequences.vocabulary.itemIds[item]!);

describe('friends beside sequences', () => {
  it('are rows of users, in the order of the links; strangers are counted from both sides', () => {
    const { sequences: own, strangers } = withFriends(
      sequences,
      links({ a: ['c', 'x', 'b'], b: ['a'], y: ['a', 'b'] }),
    );
    expect(own.friends.map((rows) => [...rows])).toEqual([[2, 1], [0], [], []]);
    expect(strangers).toBe(3);
    expect(() => withFriends(sequences, links({ x: ['y'] }))).toThrow(
      /no two users of the events are friends/,
    );
  });

  it('are told by their latest items, oldest first', () => {
    const { sequences: own } = withFriends(sequences, links({ a: ['b', 'c'], d: ['a'] }));
    const told = latestOfFriends(own, { numFriends: 2, itemsAFriend: 3 });
    expect(idsOf(told)).toEqual([
      ...['5', '6', '', '7', '8', '9'],
      ...['', '', '', '', '', ''],
      ...['', '', '', '', '', ''],
      ...['2', '3', '4', '', '', ''],
    ]);
    expect(idsOf(latestOfFriends(own, { numFriends: 1, itemsAFriend: 1 }))).toEqual(['6', '', '', '4']);
  });

  it('tell nothing that a split holds out, and pass over friends of whom nothing is left', () => {
    const { sequences: own } = withFriends(sequences, links({ a: ['b', 'c'], d: ['a'] }));
    const split = leaveOneOut(own);
    const held = new Set<string>();
    for (const user of [0, 2]) {
      for (let row = split.trainEnds[user]!; row < own.offsets[user + 1]!; row++)
        held.add(own.vocabulary.itemIds[own.items[row]!]!);
    }
    expect([...held]).toEqual(['3', '4', '8', '9']);
    const told = idsOf(latestOfFriends(own, { numFriends: 2, itemsAFriend: 2 }, split));
    expect(told.filter((id) => held.has(id))).toEqual([]);
    // Two events are too few to be asked: b keeps both.
    expect(told).toEqual([
      ...['5', '6', '7', ''],
      ...['', '', '', ''],
      ...['', '', '', ''],
      ...['1', '2', '', ''],
    ]);
    const nobody = { trainStarts: own.offsets.slice(0, -1), trainEnds: own.offsets.slice(1) };
    nobody.trainEnds[1] = nobody.trainStarts[1]!;
    expect(idsOf(latestOfFriends(own, { numFriends: 1, itemsAFriend: 1 }, nobody))).toEqual([
      '9',
      '',
      '',
      '4',
    ]);
  });

  it('go with the context of each history, whatever is left of it', () => {
    const { sequences: own } = withFriends(sequences, links({ a: ['b', 'c'], d: ['a'] }));
    const friends = { numFriends: 1, itemsAFriend: 2 };
    const { side } = codeSide(own, { channels: {}, profile: {}, items: null, friends });
    const context = latestOf(contextOf(side, 3, 9, 10), 1);
    expect(idsOf(context.friendItems!)).toEqual(['3', '4']);
    expect(contextOf(codeSide(own, { channels: {}, profile: {}, items: null }).side, 3, 9, 10)).toEqual({
      channels: {},
      profile: {},
    });
  });

  it('are refused where there are none, or too few', () => {
    expect(() => latestOfFriends(sequences, { numFriends: 1, itemsAFriend: 1 })).toThrow(/--friends FILE/);
    const { sequences: own } = withFriends(sequences, links({ a: ['b'] }));
    expect(() => latestOfFriends(own, { numFriends: 0, itemsAFriend: 1 })).toThrow(/numFriends/);
    expect(() => latestOfFriends(own, { numFriends: 1, itemsAFriend: 1.5 })).toThrow(/itemsAFriend/);
  });
});
