import { timesOf } from '../slicing/slices';
import { partBits, type EventParts } from './event-parts';
import type { SplitColumns } from './split';

/** How much of the others' future is in training. All 0 for a split by time. */
export interface GlobalTimeline {
  /** For an average event of the test: the share of the other users' training events that are later than it. */
  readonly meanFutureShare: number;
  /** Training events that are later than some test event of another user, as a share of all training events. */
  readonly laterThanSomeTest: number;
}

/**
 * Measure how much of the future a model could have learned from other users.
 *
 * A split that holds out each user's last events, or whole users, has no common moment at which training ends. So a model
 * learns in spring what became popular, and predicts with it what somebody did the winter before. In use nobody can do that, and
 * comparing models by such a split may order them wrongly. It is a property of those splits, not a fault: know it and report it.
 *
 * @returns shares from 0 to 1; 0 where training or test is empty
 * @throws RangeError when the sequences have no times
 * @source Ji, Sun, Zhang & Li, "A Critical Study on Data Leakage in Recommender System Offline Evaluation", ACM Transactions on
 *   Information Systems 41(3), 2023.
 */
export function globalTimeline(columns: SplitColumns, { bits }: EventParts): GlobalTimeline {
  const timesMs = timesOf('globalTimeline', columns);
  const { offsets } = columns;
  const isTraining = (event: number): boolean => (bits[event]! & partBits.training) > 0;
  const isTest = (event: number): boolean => (bits[event]! & partBits.test) > 0;
  const sorted = timesMs.filter((_, event) => isTraining(event)).sort();

  let [tests, shares] = [0, 0];
  const firstTests = new Float64Array(offsets.length - 1).fill(Infinity);
  for (let user = 0; user + 1 < offsets.length; user++) {
    const [start, end] = [offsets[user]!, offsets[user + 1]!];
    const own = timesMs
      .subarray(start, end)
      .filter((_, place) => isTraining(start + place))
      .sort();
    for (let event = start; event < end; event++) {
      if (!isTest(event)) continue;
      tests += 1;
      firstTests[user] = Math.min(firstTests[user]!, timesMs[event]!);
      const others = sorted.length - own.length;
      const later = countLater(sorted, timesMs[event]!) - countLater(own, timesMs[event]!);
      if (others > 0) shares += later / others;
    }
  }

  const earliest = smallestTwo(firstTests);
  let laterThanSomeTest = 0;
  for (let user = 0; user + 1 < offsets.length; user++) {
    const ofOthers = earliest.user === user ? earliest.second : earliest.first;
    for (let event = offsets[user]!; event < offsets[user + 1]!; event++) {
      if (isTraining(event) && timesMs[event]! > ofOthers) laterThanSomeTest += 1;
    }
  }
  return {
    meanFutureShare: tests === 0 ? 0 : shares / tests,
    laterThanSomeTest: sorted.length === 0 ? 0 : laterThanSomeTest / sorted.length,
  };
}

/** How many of ascending times are later than a moment (binary search). */
function countLater(ascending: Float64Array, timeMs: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= timeMs) low = middle + 1;
    else high = middle;
  }
  return ascending.length - low;
}

function smallestTwo(values: Float64Array): { user: number; first: number; second: number } {
  let [user, first, second] = [-1, Infinity, Infinity];
  for (const [place, value] of values.entries()) {
    if (value < first) [user, first, second] = [place, value, first];
    else if (value < second) second = value;
  }
  return { user, first, second };
}
