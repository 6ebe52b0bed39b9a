import { sparseRows, type SparseRows } from '../../base/sparse-rows';
import type { EventLog } from '../../data/event';

/** Who gave which item how many stars. */
export interface Ratings {
  /** By row of `byUser`. */
  readonly userIds: readonly string[];
  /** By column of `byUser`. */
  readonly itemIds: readonly string[];
  readonly byUser: SparseRows;
}

/**
 * The ratings of a log, a user's last one of an item.
 *
 * Users and items are numbered in the order in which they are first rated. Events without a rating or an item are left out.
 *
 * @throws RangeError when the log has no rating
 */
export function ratingsOf({ events }: Pick<EventLog, 'events'>): Ratings {
  const [users, items] = [new Map<string, number>(), new Map<string, number>()];
  const numberOf = (ids: Map<string, number>, id: string): number => {
    const known = ids.get(id);
    if (known !== undefined) return known;
    ids.set(id, ids.size);
    return ids.size - 1;
  };
  const last = new Map<string, readonly [user: number, item: number, rating: number]>();
  for (const { userId, itemId, rating } of events) {
    if (itemId === null || rating === null) continue;
    const [user, item] = [numberOf(users, userId), numberOf(items, itemId)];
    last.set(`${user} ${item}`, [user, item, rating]);
  }
  if (last.size === 0) throw new RangeError('ratingsOf: the log has no ratings');
  const all = [...last.values()];
  return {
    userIds: [...users.keys()],
    itemIds: [...items.keys()],
    byUser: sparseRows(
      [users.size, items.size],
      all.map(([user]) => user),
      all.map(([, item]) => item),
      all.map(([, , rating]) => rating),
    ),
  };
}
