import { basename } from 'node:path';
import { InputError } from '../base/errors';
import type { EventLog, ItemInfo, UserInfo } from './event';
import { readFriends, type FriendLinks } from './read-friends';
import { readItemTable, readUserTable } from './read-csv-tables';
import { hashFile } from './tables/hash-file';

/** Files beside a file of events that say what items and users are; plain data, kept in the record of a run. */
export interface BesideFiles {
  /** CSV with `item_id`, and where they are known `title`, `categories` (separated by `|`), `year`, `price`. */
  readonly itemsFile?: string;
  /** CSV with `user_id`; every other column is a field of the profile. */
  readonly usersFile?: string;
  /** `user friend` a line, both ways where both are friends: see `readFriends`. */
  readonly friendsFile?: string;
}

/** A file of `BesideFiles` as it was read. */
export interface BesideSource {
  readonly of: 'items' | 'users' | 'friends';
  readonly file: string;
  readonly sha256: string;
  readonly rows: number;
}

/** What such files say. */
export interface KnownBeside {
  readonly items?: ReadonlyMap<string, ItemInfo>;
  readonly users?: ReadonlyMap<string, UserInfo>;
  readonly friends?: FriendLinks;
  readonly sources: readonly BesideSource[];
}

/**
 * Read what is known of items, users and friendships from files of their own.
 *
 * @throws InputError naming file, row and remedy for whatever cannot be read, also when a file is not there or has no rows
 */
export async function readBeside({ itemsFile, usersFile, friendsFile }: BesideFiles): Promise<KnownBeside> {
  const sources: BesideSource[] = [];
  const read = async <Info>(
    of: BesideSource['of'],
    file: string | undefined,
    reader: (file: string) => Promise<Map<string, Info>>,
  ): Promise<Map<string, Info> | undefined> => {
    if (file === undefined) return undefined;
    const sha256 = await hashFile(file);
    const known = await reader(file);
    if (known.size === 0) throw new InputError(`there are no ${of}.`, 'Add rows below the header.', { file });
    sources.push({ of, file: basename(file), sha256, rows: known.size });
    return known;
  };
  const items = await read('items', itemsFile, readItemTable);
  const users = await read('users', usersFile, readUserTable);
  if (friendsFile === undefined) return { ...(items && { items }), ...(users && { users }), sources };
  const friends = await readFriends(friendsFile);
  const { sha256, links: rows } = friends;
  sources.push({ of: 'friends', file: basename(friendsFile), sha256, rows });
  return { ...(items && { items }), ...(users && { users }), friends, sources };
}

/** Put what such files say in place of what the source of the events says. */
export const withBeside = <Source extends Pick<EventLog, 'items' | 'users'>>(
  source: Source,
  { items = source.items, users = source.users }: KnownBeside,
): Source => ({ ...source, items, users });
