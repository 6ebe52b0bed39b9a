import { badRows, type OnBadRow } from './bad-rows';
import type { RejectedRows } from './event';
import { createIntern } from './intern';
import { readLines } from './read-lines';

export interface FriendsOptions {
  /** Whether the first line names the columns. Default false. */
  readonly hasHeader?: boolean;
  /** Default `error`. */
  readonly onBadRow?: OnBadRow;
}

/** Who is whose friend, as a file says it. */
export interface FriendLinks {
  /** Of each user with a link, the others in the order of the file. */
  readonly friendsOf: ReadonlyMap<string, readonly string[]>;
  /** Links that were read, each direction for itself. */
  readonly links: number;
  /** Links from a to b where none goes from b to a. */
  readonly oneSided: number;
  readonly rejected: readonly RejectedRows[];
  /** Of the bytes on disk. */
  readonly sha256: string;
}

/**
 * Read `user friend` a line, plain or gzip: a link from the first to the second.
 *
 * Any blanks or tabs separate the two. Nothing is added: a friendship that holds both ways needs two lines, as in HetRec's files, and
 * `oneSided` counts those that have one.
 *
 * @throws InputError for a bad file, and, unless dropped, for a row without exactly two values, of a user with itself, or that repeats
 *   a link
 * @source Cantador, Brusilovsky & Kuflik, "2nd Workshop on Information Heterogeneity and Fusion in Recommender Systems", RecSys 2011
 *   (`user_friends.dat`).
 */
export async function readFriends(file: string, options: FriendsOptions = {}): Promise<FriendLinks> {
  const { hasHeader = false, onBadRow = 'error' } = options;
  const bad = badRows(file, onBadRow);
  const intern = createIntern();
  const friendsOf = new Map<string, Set<string>>();
  let isHeader = hasHeader;
  const { sha256 } = await readLines(file, (line, row) => {
    if (isHeader) {
      isHeader = false;
      return;
    }
    const values = line.trim().split(/\s+/);
    if (values.length !== 2) {
      bad.reject(
        row,
        'not two values',
        `expected 'user friend', found ${values.length}.`,
        'Correct the row.',
      );
      return;
    }
    const [user, friend] = [intern(values[0]!), intern(values[1]!)];
    if (user === friend) {
      bad.reject(row, 'a friend of oneself', `user '${user}' is its own friend.`, 'Take the row out.');
      return;
    }
    const own = friendsOf.get(user) ?? new Set<string>();
    if (own.has(friend)) {
      bad.reject(row, 'a link again', `'${user}' to '${friend}' stands there already.`, 'Take the row out.');
      return;
    }
    friendsOf.set(user, own.add(friend));
  });
  let [links, oneSided] = [0, 0];
  for (const [user, friends] of friendsOf) {
    for (const friend of friends) {
      links += 1;
      if (!friendsOf.get(friend)?.has(user)) oneSided += 1;
    }
  }
  return {
    friendsOf: new Map([...friendsOf].map(([user, friends]) => [user, [...friends]])),
    links,
    oneSided,
    rejected: bad.counts(),
    sha256,
  };
}
