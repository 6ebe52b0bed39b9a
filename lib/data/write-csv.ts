import { createHash } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import type { EventLog, ItemInfo, UserEvent, UserInfo } from './event';
import { extraFields, ownColumns } from './read-csv';

/**
 * The rows of a CSV file of events, header first, each with its line end.
 *
 * Session, category, price and dwell time have a column each where at least one event has that field.
 */
export function* eventRows(events: readonly UserEvent[]): Generator<string> {
  const extra = Object.entries(extraFields).filter(([field]) => events.some((event) => field in event)) as [
    keyof typeof extraFields,
    string,
  ][];
  yield csvRow([...Object.values(ownColumns), ...extra.map(([, column]) => column)]);
  for (const event of events) {
    const { userId, behavior, itemId, query, timeMs, rating } = event;
    const cells = [userId, behavior, itemId, query, timeMs, rating];
    for (const [field] of extra) cells.push(event[field] ?? null);
    yield csvRow(cells);
  }
}

/**
 * The rows of a CSV file of items: `item_id,title,categories,year,price`, categories separated by `|`.
 *
 * @throws RangeError when a category contains `|`
 */
export function* itemRows(items: ReadonlyMap<string, ItemInfo>): Generator<string> {
  yield csvRow(['item_id', 'title', 'categories', 'year', 'price']);
  for (const [itemId, { title, categories, year, price }] of items) {
    if (categories.some((category) => category.includes('|'))) {
      throw new RangeError(`itemRows: a category of item '${itemId}' contains '|'`);
    }
    yield csvRow([itemId, title, categories.join('|'), year, price ?? null]);
  }
}

/** The rows of a CSV file of users: `user_id` and every profile value that occurs; unknown is empty. */
export function* userRows(users: ReadonlyMap<string, UserInfo>): Generator<string> {
  const names = [...new Set([...users.values()].flatMap(({ profile }) => Object.keys(profile)))];
  yield csvRow(['user_id', ...names]);
  for (const [userId, { profile }] of users) {
    yield csvRow([userId, ...names.map((name) => profile[name] ?? null)]);
  }
}

/**
 * Write a log as `NAME.csv`, `NAME.items.csv` and `NAME.users.csv`, so that `readCsv` reads the same log back.
 *
 * Row numbers become those of the file.
 */
export async function writeCsv(stem: string, log: EventLog): Promise<void> {
  await writeWhole(`${stem}.items.csv`, itemRows(log.items));
  await writeWhole(`${stem}.users.csv`, userRows(log.users));
  await writeWhole(`${stem}.csv`, eventRows(log.events));
}

/** Write beside and rename, so that a half-written file is never taken for a whole one. */
export async function writeWhole(file: string, rows: Iterable<string>): Promise<void> {
  const part = `${file}.part`;
  await writeFile(part, chunksOf(rows));
  await rename(part, file);
}

/** Rows joined to pieces of 64 k characters and more: a call of the system for each row would take longer than the rest. */
function* chunksOf(rows: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const row of rows) {
    chunk += row;
    if (chunk.length < 65_536) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

/** sha256 that the file of events has, or would have. */
export function csvSha256(events: readonly UserEvent[]): string {
  const hash = createHash('sha256');
  for (const row of eventRows(events)) hash.update(row);
  return hash.digest('hex');
}

/** A row of a CSV file with its line end; `null` is an empty cell. */
export function csvRow(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\n`;
}

/** Quoted where RFC 4180 asks for it. */
function csvCell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
