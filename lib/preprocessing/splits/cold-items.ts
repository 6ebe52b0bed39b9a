import type { Rng } from '../../base/random';
import { columnsOfRows, sequenceOf, type Sequences } from '../sequences';
import { buildVocabulary } from '../vocabulary';

/** A log parted into what a model may know and items that it must never have seen. */
export interface ColdItems {
  /** The events of the other items alone, over a vocabulary of these: to train on, with any split. */
  readonly warm: Sequences;
  /** By item index of the whole vocabulary, 1 for a held-out item. */
  readonly isCold: Uint8Array;
}

/**
 * Hold out items with all their events, as if they came to the shop after the training.
 *
 * A model must not even have them as candidates while it trains: being no answer, ever, teaches it that they are bad answers.
 *
 * @param share of all items, above 0 and below 1; at least one item is held out
 * @throws RangeError when `share` is out of range, or no event is left
 * @source Schein, Popescul, Ungar & Pennock, "Methods and Metrics for Cold-Start Recommendations", SIGIR 2002, section 4.
 */
export function holdOutItems(
  sequences: Sequences,
  { share, rng }: { readonly share: number; readonly rng: Rng },
): ColdItems {
  if (!(share > 0 && share < 1)) {
    throw new RangeError(`holdOutItems: share must be above 0 and below 1, got ${share}`);
  }
  const { itemIds } = sequences.vocabulary;
  const order = rng.shuffle(Int32Array.from({ length: itemIds.length - 1 }, (_, at) => at + 1));
  const isCold = new Uint8Array(itemIds.length);
  for (const item of order.subarray(0, Math.max(1, Math.round(share * order.length)))) isCold[item] = 1;
  return { warm: withoutItems(sequences, isCold), isCold };
}

/** The events of some items taken out, and the items out of the vocabulary. */
function withoutItems(sequences: Sequences, isOut: Uint8Array): Sequences {
  const { userIds, timesMs, vocabulary } = sequences;
  const kept = buildVocabulary(vocabulary.itemIds.filter((_, item) => item > 0 && isOut[item] === 0));
  const rows = Array.from(sequences.items.keys()).filter((row) => isOut[sequences.items[row]!] === 0);
  if (rows.length === 0) throw new RangeError('holdOutItems: no event of another item is left');
  const users: string[] = [];
  const offsets = [0];
  let at = 0;
  for (const [user, userId] of userIds.entries()) {
    const end = sequences.offsets[user + 1]!;
    const start = at;
    while (at < rows.length && rows[at]! < end) at += 1;
    if (at === start) continue;
    users.push(userId);
    offsets.push(at);
  }
  const left = new Set(users);
  return {
    ...columnsOfRows(sequences, rows),
    outOfOrder: sequences.outOfOrder,
    userIds: users,
    offsets: Int32Array.from(offsets),
    items: Int32Array.from(rows, (row) => kept.indexOf(vocabulary.itemIds[sequences.items[row]!]!)),
    timesMs: timesMs && Float64Array.from(rows, (row) => timesMs[row]!),
    vocabulary: kept,
    skipped: [...sequences.skipped, { reason: 'item held out', rows: sequences.items.length - rows.length }],
    usersLeftOut: [...sequences.usersLeftOut, ...userIds.filter((userId) => !left.has(userId))],
  };
}

/** Held-out items to be named, one a user, from what the user did with other items before. */
export interface ColdQuestions {
  /** Rows of the whole sequences. */
  readonly users: Int32Array;
  /** Item indices of the whole vocabulary, none of a held-out item. */
  readonly histories: readonly Int32Array[];
  readonly targets: Int32Array;
}

/**
 * Ask for each user's last event with a held-out item, from the user's earlier events with other items.
 *
 * @param minHistory users with fewer such events are not asked; default 1
 */
export function coldQuestions(
  sequences: Sequences,
  isCold: Uint8Array,
  { minHistory = 1 }: { readonly minHistory?: number } = {},
): ColdQuestions {
  const [users, targets]: [number[], number[]] = [[], []];
  const histories: Int32Array[] = [];
  for (const user of sequences.userIds.keys()) {
    const items = sequenceOf(sequences, user);
    const last = items.findLastIndex((item) => isCold[item] === 1);
    const history = items.subarray(0, Math.max(0, last)).filter((item) => isCold[item] === 0);
    if (last === -1 || history.length < minHistory) continue;
    users.push(user);
    targets.push(items[last]!);
    histories.push(history);
  }
  return { users: Int32Array.from(users), histories, targets: Int32Array.from(targets) };
}
