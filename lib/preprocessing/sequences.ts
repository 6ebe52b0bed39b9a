import { InputError } from '../base/errors';
import type { Behavior, EventLog, ItemInfo, UserEvent, UserInfo } from '../data/event';
import { columnOfTexts, type NamedColumn } from './features/named-column';
import type { SideColumns } from './side/side-columns';
import { histories } from './time-order';
import { buildVocabulary, type Vocabulary } from './vocabulary';

/** Events that did not become part of a sequence, by reason. */
export interface SkippedRows {
  readonly reason: string;
  readonly rows: number;
}

/**
 * The item sequence of every user, oldest first, in columns: user `u` owns the
 * positions `offsets[u]` to `offsets[u + 1] - 1`.
 */
export interface Sequences {
  readonly userIds: readonly string[];
  /** N + 1 numbers, ascending. */
  readonly offsets: Int32Array;
  /** Item indices of the vocabulary, one an event; never 0. */
  readonly items: Int32Array;
  /** Milliseconds since 1970-01-01 UTC, one an event; `null` for a log without times. */
  readonly timesMs: Float64Array | null;
  readonly vocabulary: Vocabulary;
  /** Events left out; `events` of the log = `items.length` + the sum of these. */
  readonly skipped: readonly SkippedRows[];
  /** Users of whom nothing was left, for example because they know unknown items only. */
  readonly usersLeftOut: readonly string[];
  /** Rows that had to be moved to be in time order. */
  readonly outOfOrder: number;
  /** Further columns of the events, as the data say them, where they were asked for. */
  readonly columns?: readonly NamedColumn[];
  /** What is known of items and users by their ids, likewise. */
  readonly itemInfo?: ReadonlyMap<string, ItemInfo>;
  readonly userInfo?: ReadonlyMap<string, UserInfo>;
  /** Of each user, the rows of the friends: see `withFriends`. */
  readonly friends?: readonly Int32Array[];
  /** The same as numbers that a model reads: see `codeSide`. */
  readonly side?: SideColumns;
}

/**
 * The columns that `Sequences` can carry beside items and times. `query` is the user's latest search, of the event itself or before
 * it; searches have no item, and so no place of their own in a sequence of items.
 */
export const namedColumns = ['behavior', 'category', 'query', 'rating'] as const;
export type ColumnName = (typeof namedColumns)[number];

export interface SequencesRules {
  /** Behaviours that take part; default all. */
  readonly behaviors?: readonly Behavior[];
  /** Items that may occur, for a model that is already trained; default every item of the log. */
  readonly vocabulary?: Vocabulary;
  /** Columns to carry along, as far as the log has them, and what is known of items and users with them; default none of it. */
  readonly columns?: readonly ColumnName[];
}

/**
 * Turn a log into one item sequence a user.
 *
 * Users keep the order of their first appearance; events are in time order, equal times in file
 * order. Every event of the log is in a sequence or counted in `skipped`.
 *
 * @throws InputError when no event is left
 */
export function toSequences(log: EventLog, rules: SequencesRules = {}): Sequences {
  const skipped = new Map<string, number>();
  const skip = (reason: string): void => void skipped.set(reason, (skipped.get(reason) ?? 0) + 1);

  const usable = log.events.filter((event) => {
    if (rules.behaviors && !rules.behaviors.includes(event.behavior)) skip('behaviour not asked for');
    else if (event.itemId === null) skip('no item');
    else if (rules.vocabulary && rules.vocabulary.indexOf(event.itemId) === 0) skip('unknown item');
    else return true;
    return false;
  });
  const { byUser, outOfOrder, withoutTime } = histories(usable);
  if (withoutTime.length > 0) skipped.set('no time', withoutTime.length);

  const numEvents = usable.length - withoutTime.length;
  if (numEvents === 0) throw nothingLeft(log, skipped);
  const vocabulary = rules.vocabulary ?? buildVocabulary(itemIdsOf(byUser.values()));
  const offsets = new Int32Array(byUser.size + 1);
  const items = new Int32Array(numEvents);
  // `histories` ordered by time only if an event that is left has one; a log may have times in other rows alone.
  const hasTimes = log.hasTimes && usable.some((event) => event.timeMs !== null);
  const timesMs = hasTimes ? new Float64Array(numEvents) : null;
  const kept: UserEvent[] = [];
  let user = 0;
  let at = 0;
  for (const events of byUser.values()) {
    for (const event of events) {
      if (rules.columns) kept.push(event);
      items[at] = vocabulary.indexOf(event.itemId!);
      if (timesMs) timesMs[at] = event.timeMs!;
      at += 1;
    }
    offsets[++user] = at;
  }
  return {
    userIds: [...byUser.keys()],
    offsets,
    items,
    timesMs,
    vocabulary,
    skipped: [...skipped].map(([reason, rows]) => ({ reason, rows })),
    usersLeftOut: [...new Set(log.events.map((event) => event.userId))].filter((id) => !byUser.has(id)),
    outOfOrder,
    ...(rules.columns && {
      columns: rules.columns.flatMap((name) => columnOf(name, kept, log)),
      itemInfo: log.items,
      userInfo: log.users,
    }),
  };
}

/** A column of the events that are left, in their order; none where no event has it. */
function columnOf(name: ColumnName, events: readonly UserEvent[], log: EventLog): NamedColumn[] {
  const queries = name === 'query' ? latestQueries(log) : null;
  const column = columnOfTexts(
    name,
    events.map((event) => {
      switch (name) {
        case 'behavior':
          return event.behavior;
        case 'category':
          return event.category ?? null;
        case 'rating':
          return event.rating === null ? null : String(event.rating);
        case 'query':
          return queries!.get(event) ?? null;
      }
    }),
  );
  return column.names.length > 1 ? [column] : [];
}

/** What each event's user had searched for last. */
function latestQueries(log: EventLog): Map<UserEvent, string> {
  const latest = new Map<UserEvent, string>();
  for (const events of histories(log.events).byUser.values()) {
    let query: string | null = null;
    for (const event of events) {
      query = event.query ?? query;
      if (query !== null) latest.set(event, query);
    }
  }
  return latest;
}

/**
 * What belongs to each event beside item and time, for sequences made of some events of these.
 *
 * Codes of `side` are left out: they are of the vocabulary before (see `codeSide`).
 *
 * @param rows of each new event, the event that it was before; -1 for one that is new, of which nothing is known
 */
export function columnsOfRows(
  { columns, itemInfo, userInfo }: Sequences,
  rows: readonly number[],
): Pick<Sequences, 'columns' | 'itemInfo' | 'userInfo'> {
  const take = (codes: Int32Array): Int32Array => Int32Array.from(rows, (row) => (row < 0 ? 0 : codes[row]!));
  return {
    ...(columns && { columns: columns.map((own) => ({ ...own, codes: take(own.codes) })) }),
    ...(itemInfo && { itemInfo }),
    ...(userInfo && { userInfo }),
  };
}

/** The items of one user, oldest first: a view, not a copy. */
export function sequenceOf(sequences: Sequences, user: number): Int32Array {
  return sequences.items.subarray(sequences.offsets[user], sequences.offsets[user + 1]);
}

function* itemIdsOf(histories: Iterable<readonly { readonly itemId: string | null }[]>): Generator<string> {
  for (const events of histories) for (const event of events) yield event.itemId!;
}

function nothingLeft(log: EventLog, skipped: ReadonlyMap<string, number>): InputError {
  const reasons = [...skipped].map(([reason, rows]) => `${rows} ${reason}`).join(', ');
  const problem =
    log.events.length === 0
      ? 'the log has no events, so there are no users.'
      : `none of the ${log.events.length} events can be part of a sequence (${reasons}).`;
  const remedy = 'Check the cleaning rules, the behaviours and the column names.';
  return new InputError(problem, remedy, log.source.file === null ? {} : { file: log.source.file });
}
