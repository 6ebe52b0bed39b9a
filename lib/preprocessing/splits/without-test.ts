import type { Sequences } from '../sequences';
import type { SplitSequences } from './split-sequences';

/**
 * Take away what is asked at the end: the same split, in whose sequences no test event, and none behind it, stands any more.
 *
 * Whoever learns, or chooses between settings, is given this, and cannot look at the answers: they are not there. Training, fold-in and
 * validation stay as they are, event by event, with their columns; users and vocabulary too, so that a model made of the one
 * is asked about the other.
 *
 * @returns a split whose test is empty
 * @source Cawley & Talbot, "On Over-fitting in Model Selection and Subsequent Selection Bias in Performance Evaluation", JMLR 11, 2010,
 *   section 5 (the test takes no part in any choice).
 */
export function withoutTest(split: SplitSequences): SplitSequences {
  const { sequences, trainStarts, trainEnds, foldInEnds, validationEnds } = split;
  const { offsets, userIds } = sequences;
  const kept = new Int32Array(userIds.length + 1);
  for (const user of userIds.keys()) kept[user + 1] = kept[user]! + validationEnds[user]! - offsets[user]!;
  // Where a position of a user's events has moved to.
  const moved = (positions: Int32Array): Int32Array =>
    positions.map((position, user) => position - offsets[user]! + kept[user]!);
  const select = <Column extends Int32Array | Float64Array>(column: Column): Column => {
    const own = column.slice(0, kept.at(-1)) as Column;
    for (const user of userIds.keys())
      own.set(column.subarray(offsets[user], validationEnds[user]), kept[user]);
    return own;
  };
  const ends = moved(validationEnds);
  return {
    method: split.method,
    offsets: kept,
    trainStarts: moved(trainStarts),
    trainEnds: moved(trainEnds),
    foldInEnds: moved(foldInEnds),
    validationEnds: ends,
    testEnds: ends,
    cuts: split.cuts,
    sequences: { ...sequences, offsets: kept, ...columnsOf(sequences, select) },
  };
}

/** All that has one entry an event. */
function columnsOf(
  { items, timesMs, columns, side }: Sequences,
  select: <Column extends Int32Array | Float64Array>(column: Column) => Column,
): Pick<Sequences, 'items' | 'timesMs' | 'columns' | 'side'> {
  return {
    items: select(items),
    timesMs: timesMs && select(timesMs),
    ...(columns && { columns: columns.map((column) => ({ ...column, codes: select(column.codes) })) }),
    ...(side && {
      side: {
        ...side,
        channels: Object.fromEntries(
          Object.entries(side.channels).map(([name, channel]) => [name, select(channel)]),
        ),
      },
    }),
  };
}
