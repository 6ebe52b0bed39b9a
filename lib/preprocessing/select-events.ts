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
  const { users, numEvents } = usersLeft(sequences, isGone);
  const selectedOffsets = offsetsOf(numEvents);
  const total = selectedOffsets.at(-1)!;
  const sources = new Int32Array(total);
  let place = 0;
  for (const user of users) {
    for (let event = offsets[user]!; event < offsets[user + 1]!; event++) {
      if (isGone[event] === 0) sources[place++] = event;
    }
  }
  const select = <Column extends EventColumn>(column: Column): Column => {
    const selected = column.slice(0, total) as Column;
    for (let event = 0; event < total; event++) selected[event] = column[sources[event]!]!;
    return selected;
  };

  const selectedItems = select(items);
  const isUsed = new Uint8Array(vocabulary.itemIds.length);
  for (let event = 0; event < total; event++) isUsed[selectedItems[event]!] = 1;
  const itemIds = vocabulary.itemIds.filter((_, item) => item === 0 || isUsed[item] === 1);
  const newIndex = new Int32Array(isUsed.length);
  let numItems = 0;
  for (let item = 1; item < isUsed.length; item++) if (isUsed[item] === 1) newIndex[item] = ++numItems;
  for (let event = 0; event < total; event++) selectedItems[event] = newIndex[selectedItems[event]!]!;

  const { behaviors, rows, categories, categoryNames, prices, dwellMs, ratings } = channels;
  const selectedRows = select(rows);
  return {
    ...sequences,
    userIds: Array.from(users, (user) => sequences.userIds[user]!),
    offsets: selectedOffsets,
    items: selectedItems,
    timesMs: timesMs && select(timesMs),
    vocabulary: restoreVocabulary(itemIds),
    outOfOrder: countOutOfOrder(selectedOffsets, selectedRows),
    channels: {
      behaviors: select(behaviors),
      rows: selectedRows,
      ...(categories && { categories: select(categories) }),
      ...(categoryNames && { categoryNames }),
      ...(prices && { prices: select(prices) }),
      ...(dwellMs && { dwellMs: select(dwellMs) }),
      ...(ratings && { ratings: select(ratings) }),
    },
  };
}

/** Users of whom something is left, in the order of their first row, and how many events of each. */
function usersLeft(
  { offsets, channels: { rows } }: TableSequences,
  isGone: Uint8Array,
): { users: Int32Array; numEvents: Int32Array } {
  const numUsers = offsets.length - 1;
  const [left, firstRows] = [new Int32Array(numUsers), new Float64Array(numUsers).fill(Infinity)];
  for (let user = 0; user < numUsers; user++) {
    for (let event = offsets[user]!; event < offsets[user + 1]!; event++) {
      if (isGone[event] !== 0) continue;
      left[user]! += 1;
      firstRows[user] = Math.min(firstRows[user]!, rows[event]!);
    }
  }
  const users = Int32Array.from(left.keys())
    .filter((user) => left[user]! > 0)
    .sort((a, b) => firstRows[a]! - firstRows[b]!);
  return { users, numEvents: users.map((user) => left[user]!) };
}
