import { InputError } from '../base/errors';
import type { Behavior } from '../data/event';
import { quoteText } from '../data/tables/database';
import { hasColumn, type EventTable } from '../data/tables/event-table';

/** What was taken together, one visit each, in the order of the first row of each visit. */
export interface Baskets {
  /** Names without repeats, ascending by code unit. */
  readonly baskets: readonly (readonly string[])[];
  /** Whose each is. */
  readonly userIds: readonly string[];
}

/** What goes into a basket. */
export interface BasketRules {
  /** Default purchases alone. */
  readonly behaviors?: readonly Behavior[];
  /** What stands in the basket for an item, such as its category; undefined leaves it out. Default: its id. */
  readonly nameOf?: (itemId: string) => string | undefined;
}

/**
 * Gather the events of a table into baskets: a session is a basket, or, where the table knows no sessions, a user's day (UTC).
 *
 * Baskets of which nothing is left are left out.
 *
 * @throws InputError when the table has neither sessions nor times, or no basket is left
 * @source Agrawal, Imieliński & Swami, "Mining Association Rules between Sets of Items in Large Databases", SIGMOD 1993, section 1 (a
 *   transaction is what was bought on one visit).
 */
export async function basketsOfTable(
  table: EventTable,
  { behaviors = ['purchase'], nameOf = (itemId) => itemId }: BasketRules = {},
): Promise<Baskets> {
  const { database, name, source } = table;
  const ofFile = source.file === null ? {} : { file: source.file };
  if (!hasColumn(table, 'session_id') && !table.hasTimes) {
    throw new InputError(
      'neither sessions nor times say what was taken together.',
      'Name the column of one of them.',
      ofFile,
    );
  }
  const visit = hasColumn(table, 'session_id') ? 'session_id' : 'time_ms // 86400000';
  const rows = await database.rows<{ user: string; items: string }>(
    `SELECT CAST(user_id AS VARCHAR) AS user, string_agg(DISTINCT CAST(item_id AS VARCHAR), chr(31)) AS items FROM ${name}
     WHERE item_id IS NOT NULL AND ${visit} IS NOT NULL AND behavior IN (${behaviors.map(quoteText).join(', ')})
     GROUP BY user_id, ${visit} ORDER BY min(row)`,
  );
  const baskets: string[][] = [];
  const userIds: string[] = [];
  for (const { user, items } of rows) {
    const names = new Set(items.split('\u001f').flatMap((itemId) => nameOf(itemId) ?? []));
    if (names.size === 0) continue;
    baskets.push([...names].sort());
    userIds.push(user);
  }
  if (baskets.length === 0) {
    throw new InputError(
      `no event is one of ${behaviors.join(', ')} with an item, so that there are no baskets.`,
      'Choose other behaviours.',
      ofFile,
    );
  }
  return { baskets, userIds };
}
