import { basename } from 'node:path';
import { InputError } from '../base/errors';
import { badRows, type OnBadRow } from './bad-rows';
import type { Behavior, EventLog, UserEvent } from './event';
import { createIntern } from './intern';
import { readLines } from './read-lines';

export interface SequencesOptions {
  /** What an item of a sequence means; the file does not say. Default `click`. */
  readonly behavior?: Behavior;
  /** Default `error`. */
  readonly onBadRow?: OnBadRow;
}

/**
 * Read `user item item ...` a line, oldest item first, one line a user; plain or gzip.
 *
 * Any blanks or tabs separate the values. The log has no times; every event of
 * a user carries the row of that user's line.
 *
 * @throws InputError for a bad file, a user without items or with a second line (unless dropped), or no usable row
 */
export async function readSequences(file: string, options: SequencesOptions = {}): Promise<EventLog> {
  const { behavior = 'click', onBadRow = 'error' } = options;
  const bad = badRows(file, onBadRow);
  const intern = createIntern();
  const rowOf = new Map<string, number>();
  const events: UserEvent[] = [];
  const { sha256, rows } = await readLines(file, (line, row) => {
    const [first, ...itemIds] = line.trim().split(/\s+/);
    const userId = intern(first!);
    if (itemIds.length === 0) {
      bad.reject(row, 'no items', `user '${userId}' has no items.`, "Expected 'user item item ...'.");
      return;
    }
    const earlier = rowOf.get(userId);
    if (earlier !== undefined) {
      bad.reject(
        row,
        'a second line of the same user',
        `user '${userId}' already has a sequence in row ${earlier}.`,
        "Join the two; a file of 'user item' a line has the format 'pairs'.",
      );
      return;
    }
    rowOf.set(userId, row);
    for (const itemId of itemIds) {
      events.push({
        userId,
        behavior,
        itemId: intern(itemId),
        query: null,
        timeMs: null,
        rating: null,
        row,
      });
    }
  });
  if (events.length === 0) {
    throw new InputError(`none of its ${rows} rows could be used.`, "Is the format really 'sequences'?", {
      file,
    });
  }
  return {
    events,
    hasTimes: false,
    source: { name: basename(file), file, sha256, rowsRead: rows, rejected: bad.counts() },
    items: new Map(),
    users: new Map(),
  };
}
