import type { Codes } from './codes';

/** The features of items that a model may add to their vectors. */
export const itemFeatureNames = ['categories', 'year'] as const;
export type ItemFeatureName = (typeof itemFeatureNames)[number];

/** Which features each item of a vocabulary has: plain data, kept with the model. */
export interface ItemFeatures {
  /** What each number stands for: `categories: Comedy`; `names[0]` is `''`, nothing. */
  readonly names: readonly string[];
  /** Numbers into `names`, of each item by its index; none for padding. */
  readonly ofItem: readonly (readonly number[])[];
  /** Items without an event in training, ascending. */
  readonly unseen: readonly number[];
}

/** Of how many friends at most, and of how many of the items of each, a model is told. Plain data, kept with the model. */
export interface FriendRules {
  readonly numFriends: number;
  readonly itemsAFriend: number;
}

/** What a model knows beside items, and how it becomes numbers: learned from training rows, plain data, kept with the model. */
export interface SideCodes {
  /** Of the events, by channel. */
  readonly channels: Readonly<Record<string, Codes>>;
  /** Of the users, by field of their profile. */
  readonly profile: Readonly<Record<string, Codes>>;
  readonly items: ItemFeatures | null;
  /** How much of the friends; absent where nothing. */
  readonly friends?: FriendRules;
}

/** What is known beside the items of some sequences, as numbers from 1 (see `Codes`). */
export interface SideColumns {
  readonly codes: SideCodes;
  /** One entry an event each; a channel of words has several columns, `query.1`, `query.2`. */
  readonly channels: Readonly<Record<string, Int32Array>>;
  /** One entry a user each. */
  readonly profile: Readonly<Record<string, Int32Array>>;
  /** F*K entries a user: see `latestOfFriends`. */
  readonly friendItems?: Int32Array;
}

/** What is known of one history beside its items: of each of its events, and of its user. */
export interface HistoryContext {
  /** As long as the history each. */
  readonly channels: Readonly<Record<string, Int32Array>>;
  readonly profile: Readonly<Record<string, number>>;
  /** F*K item indices, 0 = none. */
  readonly friendItems?: Int32Array;
}

/** What is known of the events `start` to `end` - 1 and of their user: views, not copies. */
export function contextOf(
  { codes, channels, profile, friendItems }: SideColumns,
  user: number,
  start: number,
  end: number,
): HistoryContext {
  return {
    channels: mapValues(channels, (values) => values.subarray(start, end)),
    profile: mapValues(profile, (values) => values[user]!),
    ...(friendItems && { friendItems: ofUser(friendItems, user, codes.friends!) }),
  };
}

/** The latest `count` events of a context. */
export function latestOf({ channels, ...ofUser }: HistoryContext, count: number): HistoryContext {
  const latest = (values: Int32Array): Int32Array => values.subarray(Math.max(0, values.length - count));
  return { channels: mapValues(channels, latest), ...ofUser };
}

const ofUser = (all: Int32Array, user: number, { numFriends, itemsAFriend }: FriendRules): Int32Array =>
  all.subarray(user * numFriends * itemsAFriend, (user + 1) * numFriends * itemsAFriend);

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
