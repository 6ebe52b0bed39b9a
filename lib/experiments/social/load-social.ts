import { createRng } from '../../base/random';
import type { EventLog } from '../../data/event';
import { findData } from '../../data/find-data';
import { readCsv } from '../../data/read-csv';
import { readFriends, type FriendLinks } from '../../data/read-friends';
import { fullShopOptions } from '../../data/shop/full';
import { generateShopLog } from '../../data/shop/log';

/** A log and who is whose friend. */
export interface SocialLog {
  /** For titles and protocols. */
  readonly name: string;
  readonly log: EventLog;
  readonly friends: Pick<FriendLinks, 'friendsOf' | 'links' | 'oneSided'>;
}

/** Where HetRec Last.fm lies: without headers in the data for development, with them as `npm run data` gets it. */
const places = [
  {
    listens: 'lastfm-social/user_artist.dat.gz',
    links: 'lastfm-social/user_user(original).dat.gz',
    hasHeader: false,
  },
  { listens: 'lastfm-hetrec/user_artists.dat', links: 'lastfm-hetrec/user_friends.dat', hasHeader: true },
] as const;

/**
 * HetRec 2011 Last.fm with its friends.
 *
 * @returns `null` where it is not there: `npm run data -- lastfm-hetrec` gets it
 * @throws InputError when a file cannot be read
 */
export async function loadLastFm(): Promise<SocialLog | null> {
  for (const { listens, links, hasHeader } of places) {
    const [listenFile, linkFile] = [findData([listens]), findData([links])];
    if (listenFile === null || linkFile === null) continue;
    const names = ['userID', 'artistID', 'weight'] as const;
    const log = await readCsv(listenFile, {
      delimiter: '\t',
      ...(!hasHeader && { header: names }),
      columns: { user: names[0], item: names[1], rating: names[2] },
      behavior: 'listen',
    });
    return { name: 'HetRec Last.fm', log, friends: await readFriends(linkFile, { hasHeader }) };
  }
  return null;
}

/** The made-up shop with friends who listen to each other, for a machine without Last.fm. */
export function shopWithFriends(users: number, seed: number): SocialLog {
  const options = { ...fullShopOptions(users), days: 90 };
  const { log, links } = generateShopLog(options, createRng(seed));
  const friendsOf = new Map<string, string[]>();
  for (const { userId, friendId } of links) {
    friendsOf.set(userId, [...(friendsOf.get(userId) ?? []), friendId]);
    friendsOf.set(friendId, [...(friendsOf.get(friendId) ?? []), userId]);
  }
  return { name: 'made-up shop', log, friends: { friendsOf, links: 2 * links.length, oneSided: 0 } };
}
