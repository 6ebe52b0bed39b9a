import { InputError } from '../../base/errors';
import { timesOf } from '../slicing/slices';
import type { Split, SplitColumns, TimeCuts } from './split';

/**
 * Part all events at two moments, the same for everybody: learn from what was before, predict what comes after.
 *
 * An event at exactly a cut belongs to the later part. No event of training is later than any held-out event, whoever's it is.
 * A user may have no training events (new) or no held-out ones (gone): `countSplit` counts them.
 *
 * @param cuts see `findTimeCuts`; equal cuts leave validation empty
 * @throws RangeError when the sequences have no times, or the cuts are no numbers or in the wrong order
 * @throws InputError when nothing is left to learn from, or nothing to evaluate
 * @source Meng et al., "Exploring Data Splitting Strategies for the Evaluation of Recommendation Models", RecSys 2020
 *   (temporal global split).
 */
export function splitByTime(columns: SplitColumns, cuts: TimeCuts): Split {
  const timesMs = timesOf('splitByTime', columns);
  const { validationFromMs, testFromMs } = cuts;
  if (!(validationFromMs <= testFromMs)) {
    throw new RangeError(
      `splitByTime: validationFromMs must be a time up to testFromMs, got ${validationFromMs} and ${testFromMs}`,
    );
  }
  const { offsets } = columns;
  const trainEnds = positionsAt(offsets, timesMs, validationFromMs);
  const starts = offsets.subarray(0, -1);
  const ends = offsets.subarray(1);
  if (trainEnds.every((end, user) => end === starts[user])) throw emptySide('before', validationFromMs);
  if (trainEnds.every((end, user) => end === ends[user])) throw emptySide('from', validationFromMs);
  return {
    method: 'time',
    offsets,
    trainStarts: starts,
    trainEnds,
    foldInEnds: trainEnds,
    validationEnds: positionsAt(offsets, timesMs, testFromMs),
    testEnds: ends,
    cuts: { validationFromMs, testFromMs },
  };
}

/** Each user's first position whose time is not before a moment (binary search; a user's times ascend). */
export function positionsAt(offsets: Int32Array, timesMs: Float64Array, fromMs: number): Int32Array {
  const positions = new Int32Array(offsets.length - 1);
  for (let user = 0; user < positions.length; user++) {
    let [low, high] = [offsets[user]!, offsets[user + 1]!];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (timesMs[middle]! < fromMs) low = middle + 1;
      else high = middle;
    }
    positions[user] = low;
  }
  return positions;
}

function emptySide(side: 'before' | 'from', cutMs: number): InputError {
  return new InputError(
    `no event lies ${side} ${new Date(cutMs).toISOString()}${side === 'from' ? ' on' : ''}, so there is nothing to ${side === 'before' ? 'learn from' : 'evaluate'}.`,
    'Choose cuts inside the time of the log; findTimeCuts finds some.',
  );
}
