import { basename } from 'node:path';
import { InputError } from '../base/errors';
import { badRows, type OnBadRow } from './bad-rows';
import type { Behavior, EventLog, UserEvent } from './event';
import { createIntern } from './intern';
import { readLines } from './read-lines';

export interface PairsOptions {
  /** What a row means; the file does not say. Default `click`. */
  readonly behavior?: Behavior;
  /** Default `error`. */
  readonly onBadRow?: OnBadRow;
}

/**
 * Read `user item` a line, each user's lines in time order; plain or gzip.
 *
 * Any blanks or tabs separate the two. The log has no times: the order of the
 * rows is the order of time.
 *
 * @throws InputError for a bad file, a row without exactly two values (unless dropped), or no usable row
 */
export async function readPairs(file: string, options: PairsOptions = {}): Promise<EventLog> {
  const { behavior = 'click', onBadRow = 'error' } = options;
  const bad = badRows(file, onBadRow);
  const intern = createIntern();
  const events: UserEvent[] = [];
  const { sha256, rows } = await readLines(file, (line, row) => {
    const values = line.trim().split(/\s+/);
    if (values.length !== 2) {
      bad.reject(
        row,
        'not two values',
        `expected 'user item', found ${values.length} value${values.length === 1 ? '' : 's'}.`,
        "A file of 'user item item ...' a line has the format 'sequences'.",
      );
      return;
    }
    events.push({
      userId: intern(values[0]!),
      behavior,
      itemId: intern(values[1]!),
      query: null,
      timeMs: null,
      rating: null,
      row,
    });
  });
  if (events.length === 0) {
    throw new InputError(`none of its ${rows} rows could be used.`, "Is the format really 'pairs'?", {
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
