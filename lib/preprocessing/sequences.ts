import { InputError } from '../base/errors';
import type { Behavior, EventLog } from '../data/event';
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
}

export interface SequencesRules {
  /** Behaviours that take part; default all. */
  readonly behaviors?: readonly Behavior[];
  /** Items that may occur, for a model that is already trained; default every item of the log. */
  readonly vocabulary?: Vocabulary;
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
  let user = 0;
  let at = 0;
  for (const events of byUser.values()) {
    for (const event of events) {
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
