import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { InputError } from '../base/errors';
import { badRows, type BadRows, type OnBadRow } from './bad-rows';
import type { Behavior, EventLog, ItemInfo, UserEvent, UserInfo } from './event';
import { createIntern } from './intern';
import { parseDecimal, parseTimeMs } from './parse-number';
import { readLines, type ReadFile } from './read-lines';

export interface RecboleOptions {
  /** What a row means. Default `rate` when the file has a rating column, else `click`. */
  readonly behavior?: Behavior;
  /** Unit of the `timestamp` column. Default `s`, as in RecBole's own data sets. */
  readonly timeUnit?: 's' | 'ms';
  /** Default `error`. */
  readonly onBadRow?: OnBadRow;
}

/**
 * Read RecBole's atomic files: `NAME.inter`, and `NAME.item` and `NAME.user` where they lie beside it.
 *
 * Tab-separated, with a typed header (`user_id:token`, `timestamp:float`).
 * Titles, genres and years come from the columns usually so named; every other
 * column of the user file becomes part of the profile. Rows stay in file order.
 *
 * @throws InputError for a bad file, a header without `user_id` or `item_id`, or a bad row (unless dropped)
 * @source RecBole documentation, "Atomic Files" (recbole.io/atomic_files.html).
 */
export async function readRecbole(file: string, options: RecboleOptions = {}): Promise<EventLog> {
  const { timeUnit = 's', onBadRow = 'error' } = options;
  const bad = badRows(file, onBadRow);
  const intern = createIntern();
  const events: UserEvent[] = [];
  let hasTimes = false;
  const { sha256, rows } = await readTable(file, ['user_id', 'item_id'], bad, (columns) => {
    const user = columns.indexOf('user_id');
    const item = columns.indexOf('item_id');
    const time = columns.indexOf('timestamp');
    const rating = columns.indexOf('rating');
    const behavior = options.behavior ?? (rating === -1 ? 'click' : 'rate');
    hasTimes = time !== -1;
    return (values, row) => {
      const userId = values[user]!;
      const itemId = values[item]!;
      if (userId === '' || itemId === '') {
        bad.reject(row, 'no user or no item', 'the user or the item is missing.', 'Fill it in.');
        return;
      }
      const timeMs = time === -1 ? null : parseTimeMs(values[time]!, timeUnit);
      if (time !== -1 && timeMs === null) {
        bad.reject(
          row,
          'unreadable time',
          `the timestamp '${values[time]}' is not a number.`,
          'Correct the row.',
        );
        return;
      }
      const value = rating === -1 ? null : parseDecimal(values[rating]!);
      if (rating !== -1 && value === null) {
        bad.reject(
          row,
          'unreadable rating',
          `the rating '${values[rating]}' is not a number.`,
          'Correct the row.',
        );
        return;
      }
      events.push({
        userId: intern(userId),
        behavior,
        itemId: intern(itemId),
        query: null,
        timeMs,
        rating: value,
        row,
      });
    };
  });
  if (events.length === 0) {
    throw new InputError('no row could be used.', 'Check that the file holds more than a header.', { file });
  }
  const stem = file.replace(/\.inter(\.gz)?$/, '');
  return {
    events,
    hasTimes,
    source: { name: basename(file), file, sha256, rowsRead: rows - 1, rejected: bad.counts() },
    items: await readItems(`${stem}.item`),
    users: await readUsers(`${stem}.user`),
  };
}

/** Column names under which RecBole's data sets give a title, genres and a year. */
const titleColumns = ['title', 'movie_title', 'item_name', 'name'];
const categoryColumns = ['categories', 'category', 'genres', 'genre', 'class'];
const yearColumns = ['year', 'release_year'];

async function readItems(file: string): Promise<Map<string, ItemInfo>> {
  const items = new Map<string, ItemInfo>();
  if (!existsSync(file)) return items;
  await readTable(file, ['item_id'], badRows(file, 'error'), (columns) => {
    const find = (names: readonly string[]): number => columns.findIndex((name) => names.includes(name));
    const item = columns.indexOf('item_id');
    const title = find(titleColumns);
    const categories = find(categoryColumns);
    const year = find(yearColumns);
    return (values) => {
      const yearText = values[year] ?? '';
      items.set(values[item]!, {
        title: values[title] ?? '',
        categories: (values[categories] ?? '').split(' ').filter((word) => word !== ''),
        // ML-100K has 'V' and 'unkonwn' among its years.
        year: /^\d{4}$/.test(yearText) ? Number(yearText) : null,
      });
    };
  });
  return items;
}

async function readUsers(file: string): Promise<Map<string, UserInfo>> {
  const users = new Map<string, UserInfo>();
  if (!existsSync(file)) return users;
  await readTable(file, ['user_id'], badRows(file, 'error'), (columns) => {
    const user = columns.indexOf('user_id');
    return (values) => {
      const known = columns.flatMap((name, column) =>
        column === user || values[column] === '' ? [] : [[name, values[column]!] as const],
      );
      users.set(values[user]!, { profile: Object.fromEntries(known) });
    };
  });
  return users;
}

type TakeRow = (values: readonly string[], row: number) => void;

/** Read a tab-separated file with a typed header; `begin` sees the column names and returns what takes a row. */
function readTable(
  file: string,
  required: readonly string[],
  bad: BadRows,
  begin: (columns: readonly string[]) => TakeRow,
): Promise<ReadFile> {
  let columns: readonly string[] | null = null;
  let takeRow: TakeRow | null = null;
  return readLines(file, (line, row) => {
    const values = line.split('\t');
    if (columns === null || takeRow === null) {
      columns = values.map((name) => name.split(':')[0]!.trim());
      const missing = required.filter((name) => !columns!.includes(name));
      if (missing.length > 0 || !line.includes(':')) {
        const problem =
          missing.length > 0
            ? `the header has no column '${missing.join("' and no '")}'; it has: ${columns.join(', ')}.`
            : 'the header names no types.';
        throw new InputError(problem, "A RecBole header reads 'user_id:token<tab>item_id:token ...'.", {
          file,
          row,
        });
      }
      takeRow = begin(columns);
      return;
    }
    if (values.length === columns.length) takeRow(values, row);
    else {
      bad.reject(
        row,
        'wrong number of columns',
        `found ${values.length} columns, the header has ${columns.length}.`,
        'Correct the row; columns are separated by tabs.',
      );
    }
  });
}
