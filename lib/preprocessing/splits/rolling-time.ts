import { InputError } from '../../base/errors';
import { timesOf } from '../slicing/slices';
import type { Split, SplitColumns } from './split';
import { positionsAt } from './time-split';

/** How the window of a rolling evaluation moves; times in ms. */
export interface RollingOptions {
  /** How many times the model is trained and tested. */
  readonly folds: number;
  /** Length of each test window. They follow each other without a gap, and the last one ends with the last event. */
  readonly testMs: number;
  /** Length of the validation window right before each test window. Default 0: none. */
  readonly validationMs?: number;
  /** Time between training and what is held out, for example how long a new model takes to be put to use. Default 0. */
  readonly gapMs?: number;
  /** Length of the training window, which then slides along. Default: it grows, from the first event on. */
  readonly trainingMs?: number;
}

/**
 * Evaluate as time goes by: train on what was before a moment, test on what came right after, move the moment on, again and again.
 *
 * The moment is the "rolling origin". Every split is one by time: nothing in training is later than anything held out. No event
 * is tested twice. Events in the gap are part `fold-in`: known when something is predicted, not learned from. Events behind the
 * test window, and those before a sliding training window, are `unused`.
 *
 * @returns one split a fold, the earliest first
 * @throws RangeError when the sequences have no times or no events, or an option is out of range
 * @throws InputError when a fold has nothing to learn from or nothing to test, naming the fold
 * @source Tashman, "Out-of-sample Tests of Forecasting Accuracy: An Analysis and Review", International Journal of Forecasting
 *   16(4), 2000 (rolling-origin evaluation).
 */
export function rollingTime(
  columns: SplitColumns,
  { folds, testMs, validationMs = 0, gapMs = 0, trainingMs = Infinity }: RollingOptions,
): Split[] {
  const timesMs = timesOf('rollingTime', columns);
  if (!(Number.isInteger(folds) && folds >= 1))
    throw new RangeError(`rollingTime: folds must be a whole number from 1, got ${folds}`);
  if (!(testMs > 0 && validationMs >= 0 && gapMs >= 0 && trainingMs > 0)) {
    throw new RangeError(
      `rollingTime: testMs and trainingMs must be above 0, validationMs and gapMs from 0, got ${testMs}, ${trainingMs}, ${validationMs}, ${gapMs}`,
    );
  }
  if (timesMs.length === 0) throw new RangeError('rollingTime: there are no events');
  const { offsets } = columns;
  let endMs = -Infinity;
  for (const timeMs of timesMs) if (timeMs > endMs) endMs = timeMs;
  endMs += 1; // Windows are half open, and times are whole milliseconds: the last event is inside.
  return Array.from({ length: folds }, (_, fold) => {
    const testFromMs = endMs - (folds - fold) * testMs;
    const validationFromMs = testFromMs - validationMs;
    const trainToMs = validationFromMs - gapMs;
    const at = (moment: number): Int32Array => positionsAt(offsets, timesMs, moment);
    const split: Split = {
      method: 'rolling-time',
      offsets,
      trainStarts: at(trainToMs - trainingMs),
      trainEnds: at(trainToMs),
      foldInEnds: at(validationFromMs),
      validationEnds: at(testFromMs),
      testEnds: at(fold === folds - 1 ? Infinity : testFromMs + testMs),
      cuts: { validationFromMs, testFromMs },
    };
    expectEvents('to learn from', fold, split.trainStarts, split.trainEnds);
    expectEvents('to test', fold, split.validationEnds, split.testEnds);
    return split;
  });
}

function expectEvents(purpose: string, fold: number, starts: Int32Array, ends: Int32Array): void {
  if (starts.some((start, user) => ends[user]! > start)) return;
  throw new InputError(
    `fold ${fold} of the rolling evaluation has no event ${purpose}.`,
    'Take fewer folds, or longer windows.',
  );
}
