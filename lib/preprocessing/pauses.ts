import { restoreVocabulary } from './vocabulary';
import { columnsOfRows, type Sequences } from './sequences';

const dayMs = 86_400_000;

/** Which pauses become events. */
export interface PauseOptions {
  /** Days, ascending, above 0: a pause of at least the first is told, by the last edge that it reaches. */
  readonly edgesDays: readonly number[];
  /** The moment at which the histories are read, ms since 1970-01-01 UTC: the silence until then is told too. Default: it is not. */
  readonly untilMs?: number;
}

/**
 * Tell pauses as events of their own, so that an encoder which reads items alone knows of time: "lamp, pause of 3 to 7 days, pan".
 *
 * A pause stands between two events of one user, or behind the last one and before `untilMs`, and has the time of the event before it.
 * Each range of pauses is one more entry of the vocabulary, behind all items, whether it occurs or not.
 *
 * @returns new sequences of the same users
 * @throws RangeError when the log has no times, the edges do not ascend, or an event is later than `untilMs`: the future would be known
 */
export function withPauses(sequences: Sequences, { edgesDays, untilMs }: PauseOptions): Sequences {
  const { offsets, items, timesMs, vocabulary, userIds } = sequences;
  if (timesMs === null) throw new RangeError('withPauses: the log has no times');
  if (edgesDays.length === 0 || !edgesDays.every((days, at) => days > (edgesDays[at - 1] ?? 0))) {
    throw new RangeError(`withPauses: edgesDays must ascend and be above 0, got ${edgesDays.join(', ')}`);
  }
  const names = edgesDays.map((days, at) =>
    at === edgesDays.length - 1
      ? `pause of ${days} days and more`
      : `pause of ${days} to ${edgesDays[at + 1]!} days`,
  );
  const first = vocabulary.itemIds.length;
  /** Index of the pause, 0 for one too short to be told. */
  const pauseOf = (ms: number): number => {
    const reached = edgesDays.filter((days) => ms >= days * dayMs).length - 1;
    return reached < 0 ? 0 : first + reached;
  };
  const [newItems, newTimes, newOffsets]: [number[], number[], number[]] = [[], [], [0]];
  const rowsOfEvents: number[] = []; // -1 for a pause
  for (const user of userIds.keys()) {
    const end = offsets[user + 1]!;
    for (let row = offsets[user]!; row < end; row++) {
      newItems.push(items[row]!);
      newTimes.push(timesMs[row]!);
      rowsOfEvents.push(row);
      const next = row + 1 < end ? timesMs[row + 1]! : untilMs;
      if (next === undefined) continue;
      if (next < timesMs[row]!) {
        throw new RangeError(`withPauses: user '${userIds[user]!}' has an event after untilMs`);
      }
      const pause = pauseOf(next - timesMs[row]!);
      if (pause === 0) continue;
      newItems.push(pause);
      newTimes.push(timesMs[row]!);
      rowsOfEvents.push(-1);
    }
    newOffsets.push(newItems.length);
  }
  const { skipped, usersLeftOut, outOfOrder } = sequences;
  return {
    ...columnsOfRows(sequences, rowsOfEvents),
    userIds,
    skipped,
    usersLeftOut,
    outOfOrder,
    offsets: Int32Array.from(newOffsets),
    items: Int32Array.from(newItems),
    timesMs: Float64Array.from(newTimes),
    vocabulary: restoreVocabulary([...vocabulary.itemIds, ...names]),
  };
}
