import { countOutOfOrder, offsetsOf, type EventColumn } from './events-by-user';
import type { TableSequences } from './table-sequences';
import { restoreVocabulary } from './vocabulary';

/**
 * Keep some events of sequences: the same as if the others had never been in the log.
 *
 * Users of whom nothing is left are not in the result, the others come in the order of their first event that is left; items of
 * which nothing is left are not in its vocabulary. Numbers of categories stay.
 *
 * @param isGone one an event, 0 for those that stay
 */
export function selectEvents(sequences: TableSequences, isGone: Uint8Array): TableSequences {
  const { offsets, items, timesMs, channels, vocabulary } = sequences;
  const { users, numEvents, isUsed } = whatIsLeft(sequences, isGone);
  const itemIds = vocabulary.itemIds.filter((_, item) => item === 0 || isUsed[item] === 1);
  const newIndex = new Int32Array(isUsed.length);
  let numItems = 0;
  for (let item = 1; item < isUsed.length; item++) if (isUsed[item] === 1) newIndex[item] = ++numItems;

  const newOffsets = offsetsOf(numEvents);
  const total = newOffsets.at(-1)!;
  const [newItems, newTimes] = [new Int32Array(total), timesMs && new Float64Array(total)];
  const [newBehaviors, newRows] = [new Uint8Array(total), new Int32Array(total)];
  const { behaviors, rows, categoryNames } = channels;
  let place = 0;
  for (const user of users) {
    for (let event = offsets[user]!; event < offsets[user + 1]!; event++) {
      if (isGone[event] !== 0) continue;
      newItems[place] = newIndex[items[event]!]!;
      newBehaviors[place] = behaviors[event]!;
      newRows[place] = rows[event]!;
      if (newTimes !== null) newTimes[place] = timesMs![event]!;
      place += 1;
    }
  }
  const select = <Column extends EventColumn>(column: Column): Column => {
    const selected = column.slice(0, total) as Column;
    let at = 0;
    for (const user of users) {
      for (let event = offsets[user]!; event < offsets[user + 1]!; event++) {
        if (isGone[event] === 0) selected[at++] = column[event]!;
      }
    }
    return selected;
  };
  const { categories, prices, dwellMs, ratings } = channels;
  return {
    ...sequences,
    userIds: Array.from(users, (user) => sequences.userIds[user]!),
    offsets: newOffsets,
    items: newItems,
    timesMs: newTimes,
    vocabulary: restoreVocabulary(itemIds),
    outOfOrder: countOutOfOrder(newOffsets, newRows),
    channels: {
      behaviors: newBehaviors,
      rows: newRows,
      ...(categories && { categories: select(categories) }),
      ...(categoryNames && { categoryNames }),
      ...(prices && { prices: select(prices) }),
      ...(dwellMs && { dwellMs: select(dwellMs) }),
      ...(ratings && { ratings: select(ratings) }),
    },
  };
}

/** Users of whom something is left, in the order of their first row; how many events of each; which items are left. */
function whatIsLeft(
  { offsets, items, vocabulary, channels: { rows } }: TableSequences,
  isGone: Uint8Array,
): { users: Int32Array; numEvents: Int32Array; isUsed: Uint8Array } {
  const numUsers = offsets.length - 1;
  const [left, firstRows] = [new Int32Array(numUsers), new Float64Array(numUsers).fill(Infinity)];
  const isUsed = new Uint8Array(vocabulary.itemIds.length);
  for (let user = 0; user < numUsers; user++) {
    let [count, firstRow] = [0, Infinity];
    for (let event = offsets[user]!; event < offsets[user + 1]!; event++) {
      if (isGone[event] !== 0) continue;
      count += 1;
      isUsed[items[event]!] = 1;
      if (rows[event]! < firstRow) firstRow = rows[event]!;
    }
    left[user] = count;
    firstRows[user] = firstRow;
  }
  const users = Int32Array.from(left.keys())
    .filter((user) => left[user]! > 0)
    .sort((a, b) => firstRows[a]! - firstRows[b]!);
  return { users, numEvents: users.map((user) => left[user]!), isUsed };
}
