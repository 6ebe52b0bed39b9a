import { existsSync } from 'node:fs';
import { InputError } from '../base/errors';
import type { LogSource } from '../data/event';
import type { OnBadRow } from '../data/bad-rows';
import {
  readBeside,
  withBeside,
  type BesideFiles,
  type BesideSource,
  type KnownBeside,
} from '../data/known-beside';
import { readLog, type ReadLogOptions } from '../data/read-log';
import { openDatabase } from '../data/tables/database';
import { readTable } from '../data/tables/read-table';
import type { TableFormat } from '../data/tables/table-format';
import { cleanLog } from '../preprocessing/cleaning/clean-log';
import { cleanTable } from '../preprocessing/cleaning/clean-table';
import type { CleaningReport } from '../preprocessing/cleaning/report';
import type { CleaningRules } from '../preprocessing/cleaning/rules';
import { toSequences, type Sequences, type SequencesRules } from '../preprocessing/sequences';
import { withFriends } from '../preprocessing/side/friends';
import { sequencesOfTable } from '../preprocessing/table-sequences';

/** A file whose fields are declared as data: read through a database, of any size. */
export interface TableFile {
  readonly format: 'table';
  readonly layout: TableFormat;
  /** Default `error`. */
  readonly onBadRow?: OnBadRow;
}

/** A file of events, how to read it, and what to drop; plain data, kept in the record of a run. */
export type DataSettings = (ReadLogOptions | TableFile) &
  BesideFiles & {
    readonly file: string;
    /** Default: nothing is dropped. */
    readonly cleaning?: CleaningRules;
  };

/** The sequences of a file, and the account of all rows that are not in them. */
export interface LoadedData {
  readonly sequences: Sequences;
  readonly source: LogSource;
  /** Files beside it that say what items and users are. */
  readonly beside: readonly BesideSource[];
  /** Links to or from somebody without a sequence: left out. */
  readonly strangers: number;
  /** Null when no rule was given. */
  readonly report: CleaningReport | null;
}

/**
 * Read a file of events, clean it and turn it into sequences.
 *
 * @throws InputError naming file, row and remedy for whatever cannot be read, or when no event is left, or a file beside it knows
 *   none of the items or users
 */
export async function loadData(settings: DataSettings, rules: SequencesRules = {}): Promise<LoadedData> {
  const { file, cleaning } = settings;
  // Before anything is computed: a misspelt path should not cost a minute.
  if (!existsSync(file))
    throw new InputError('there is no such file.', 'Check the path and the spelling.', { file });
  const known = await readBeside(settings);
  const beside = known.sources;
  if (settings.format !== 'table') {
    const log = await readLog(file, settings);
    const cleaned = cleaning ? await cleanLog(log, cleaning) : { log, report: null };
    expectEventsLeft(file, cleaned.report);
    const sequences = toSequences(withBeside(cleaned.log, known), rules);
    return { ...connected(settings, sequences, known), source: log.source, beside, report: cleaned.report };
  }
  const database = await openDatabase();
  try {
    const { layout: format, onBadRow = 'error' } = settings;
    const table = await readTable(database, file, { format, onBadRow });
    const cleaned = cleaning ? await cleanTable(table, cleaning) : { table, report: null };
    expectEventsLeft(file, cleaned.report);
    const sequences = await sequencesOfTable(withBeside(cleaned.table, known), { ...rules, channels: [] });
    return { ...connected(settings, sequences, known), source: table.source, beside, report: cleaned.report };
  } finally {
    database.close();
  }
}

function expectEventsLeft(file: string, report: CleaningReport | null): void {
  if (report === null || report.rowsOut > 0) return;
  const reasons = report.dropped.map(({ reason, rows }) => `${rows} ${reason}`).join(', ');
  const problem = `the cleaning rules leave none of its ${report.rowsIn} events (${reasons}).`;
  throw new InputError(problem, 'Loosen the rules.', { file });
}

/** With friends. A file that knows none of the ids is another shop's, or writes ids in another way. */
function connected(
  { itemsFile, usersFile }: BesideFiles,
  sequences: Sequences,
  { items, users, friends }: KnownBeside,
): Pick<LoadedData, 'sequences' | 'strangers'> {
  const { vocabulary, userIds } = sequences;
  const refuse = (what: string, file: string): InputError =>
    new InputError(
      `none of the ${what} of the events stands in it.`,
      'Write the ids as the events have them.',
      { file },
    );
  if (items && !vocabulary.itemIds.some((id) => items.has(id))) throw refuse('items', itemsFile!);
  if (users && !userIds.some((id) => users.has(id))) throw refuse('users', usersFile!);
  return friends ? withFriends(sequences, friends) : { sequences, strangers: 0 };
}

/**
 * What was read and what was left out on the way, in sentences.
 *
 * Rows that could not be read are named by their line in the file; rows that cleaning dropped by their number among the rows of
 * data, the header not counted.
 */
export function describeData({ sequences, source, beside, strangers, report }: LoadedData): string[] {
  const { userIds, vocabulary, items, timesMs, skipped, outOfOrder } = sequences;
  return [
    `${userIds.length} users, ${vocabulary.itemIds.length - 1} items, ${items.length} events${spanOf(timesMs)}.`,
    ...beside.map(({ of, file, rows }) =>
      of === 'friends'
        ? `${file}: ${rows} links to friends, ${strangers} of them to users without a sequence, which are left out.`
        : `${file}: what is known of ${rows} ${of}.`,
    ),
    ...source.rejected.map(
      ({ reason, rows, firstRow }) => `${rows} rows left out: ${reason} (first: row ${firstRow}).`,
    ),
    ...(report?.dropped ?? []).map(
      ({ reason, rows, firstRow }) =>
        `${rows} rows dropped by cleaning: ${reason} (first: row ${firstRow} of the data).`,
    ),
    ...skipped.map(({ reason, rows }) => `${rows} events left out: ${reason}.`),
    ...(outOfOrder > 0
      ? [`${outOfOrder} rows were not in time order: sorted, equal times in file order.`]
      : []),
    ...doubtOf(timesMs),
  ];
}

const dateOf = (timeMs: number): string => new Date(timeMs).toJSON()?.slice(0, 10) ?? `${timeMs} ms`;

function bounds(timesMs: Float64Array): readonly [number, number] {
  let [first, last] = [Infinity, -Infinity];
  for (const timeMs of timesMs) {
    if (timeMs < first) first = timeMs;
    if (timeMs > last) last = timeMs;
  }
  return [first, last];
}

function spanOf(timesMs: Float64Array | null): string {
  if (timesMs === null || timesMs.length === 0) return '';
  const [first, last] = bounds(timesMs);
  return `, ${dateOf(first)} to ${dateOf(last)}`;
}

/** Seconds that are read as milliseconds all lie in January 1970. */
function doubtOf(timesMs: Float64Array | null): string[] {
  if (timesMs === null || timesMs.length === 0) return [];
  const [first, last] = bounds(timesMs);
  if (last >= Date.UTC(1980, 0, 1) && first <= Date.UTC(2100, 0, 1)) return [];
  return [`All times lie from ${dateOf(first)} to ${dateOf(last)}: is the unit of time right (s, ms)?`];
}
