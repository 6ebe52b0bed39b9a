import type { Rng } from '../base/random';
import { padBatch } from './padded-batch';
import { trainPart, type SplitSequences } from './splits/split-sequences';

/**
 * Slices of training parts, in columns: window `w` holds the events `starts[w]`
 * to `ends[w] - 1` of user `users[w]`, counted from the first event of that user's training part.
 */
export interface Windows {
  readonly users: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Users whose training part has fewer than 2 events: nothing to predict in it. */
  readonly usersTooShort: number;
}

export interface WindowOptions {
  /** Inputs of a window; it spans one event more, the last target. */
  readonly length: number;
  readonly rng: Rng;
}

/**
 * Cut every user's training part into windows, at a random offset when it is long.
 *
 * Neighbouring windows share one event, the target of one and the first input of the next, so
 * every event but the first is a target exactly once. A training part of at most `length` + 1
 * events is one window. A longer one starts with a window of 1 to `length` targets, drawn
 * uniformly; then no event always stands at the start of a window, without a past.
 *
 * @throws RangeError when `length` is not a positive whole number
 * @differs SASRec's own code keeps the last `length` events only; on MovieLens-100K that loses most of a history.
 */
export function cutWindows(split: SplitSequences, { length, rng }: WindowOptions): Windows {
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`cutWindows: length must be a positive whole number, got ${length}`);
  }
  const users: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let usersTooShort = 0;
  for (let user = 0; user < split.sequences.userIds.length; user++) {
    const numTargets = split.trainEnds[user]! - split.trainStarts[user]! - 1;
    if (numTargets < 1) {
      usersTooShort += 1;
      continue;
    }
    const first = numTargets <= length ? numTargets : 1 + rng.integer(length);
    for (let start = 0, end = first; start < numTargets; start = end, end += length) {
      users.push(user);
      starts.push(start);
      ends.push(Math.min(end, numTargets) + 1);
    }
  }
  return {
    users: Int32Array.from(users),
    starts: Int32Array.from(starts),
    ends: Int32Array.from(ends),
    usersTooShort,
  };
}

/** One step's worth of windows, padded on the right: B = `numSequences`, T = `length`, its longest window or its bucket. */
export interface TrainingBatch {
  readonly numSequences: number;
  readonly length: number;
  /** B*T item indices, oldest first, 0 = padding. */
  readonly inputs: Int32Array;
  /** B*T item indices: `targets[b * T + t]` comes right after `inputs[b * T + t]`; 0 where there is no input. */
  readonly targets: Int32Array;
  /** B*T numbers, 1 for an input and 0 for padding. */
  readonly isReal: Float32Array;
  /** B numbers: inputs, and targets, of each row. */
  readonly lengths: Int32Array;
  /** B numbers: the user each row belongs to. */
  readonly userRows: Int32Array;
  /** B numbers: where the first input of each row stands in the row of all events. */
  readonly firstEvents: Int32Array;
}

export interface EpochOptions extends WindowOptions {
  readonly batchSize: number;
  /**
   * The lengths T that batches may have, ascending, the last one `length`: windows of about the same length then share a
   * batch. Default: windows are mixed, and a batch is as long as its longest window.
   */
  readonly lengthBuckets?: readonly number[];
  /** Windows in a batch of each bucket; default `batchSize` in all. See `rowsOfBuckets`. */
  readonly bucketRows?: readonly number[];
  /** How histories become rows. Default `cutWindows`. */
  readonly cut?: (split: SplitSequences, options: WindowOptions) => Windows;
}

/** Usual lengths of batches for windows of up to `length` events: a quarter, a half and all of it. */
export const lengthBucketsFor = (length: number): number[] => [
  ...new Set([Math.ceil(length / 4), Math.ceil(length / 2), length]),
];

/**
 * The training batches of one epoch: windows cut anew, shuffled, `batchSize` at a time.
 *
 * With `lengthBuckets` a window goes with others of its bucket, the shortest that holds it; those that do not fill a
 * batch go with the next longer ones, and the batches come in random order. Less padding, and few different shapes.
 *
 * Give each epoch its own `rng` (`rng.child('epoch', 3)`): offsets and order depend on it alone, not
 * on what was drawn from it before. The last batch may have fewer rows; none is dropped.
 *
 * @returns no batch when no training part has 2 events
 * @throws RangeError when `length` or `batchSize` is not a positive whole number, or the buckets do not ascend to `length`
 */
export function epochBatches(
  split: SplitSequences,
  { length, batchSize, rng, lengthBuckets, bucketRows, cut: cutHistories = cutWindows }: EpochOptions,
): TrainingBatch[] {
  expectRows('batchSize', batchSize);
  const windows = cutHistories(split, { length, rng: rng.child('offset') });
  const order = rng.child('order').shuffle(Int32Array.from(windows.users.keys()));
  const batches: TrainingBatch[] = [];
  const cut = (chosen: Int32Array, rows = batchSize, length?: number): void => {
    for (let start = 0; start < chosen.length; start += rows) {
      batches.push(trainingBatch(split, windows, chosen.subarray(start, start + rows), length));
    }
  };
  if (lengthBuckets === undefined) {
    cut(order);
    return batches;
  }
  expectBuckets(lengthBuckets, length);
  for (const rows of bucketRows ?? []) expectRows('each of bucketRows', rows);
  let waiting = new Int32Array(0);
  for (const [index, longest] of lengthBuckets.entries()) {
    const shortest = lengthBuckets[index - 1] ?? 0;
    const rows = bucketRows?.[index] ?? batchSize;
    const fitting = order.filter((window) => {
      const inputs = targetsOf(windows, window);
      return inputs > shortest && inputs <= longest;
    });
    const bucket = rng.child('bucket', index).shuffle(Int32Array.from([...waiting, ...fitting]));
    const full = index === lengthBuckets.length - 1 ? bucket.length : bucket.length - (bucket.length % rows);
    cut(bucket.subarray(0, full), rows, longest);
    waiting = bucket.slice(full);
  }
  return rng.child('batches').shuffle(batches);
}

/** Inputs of a window, and as many targets. */
const targetsOf = ({ starts, ends }: Windows, window: number): number => ends[window]! - starts[window]! - 1;

/**
 * How many windows a batch of each bucket takes so that batches of all buckets have about as many targets: as many as
 * `batchSize` windows of any length have on average.
 *
 * With `batchSize` rows in every bucket each step would count the same in training, and so the few targets of a batch of
 * short windows would count more than others. Give `rng` of one epoch: the numbers are meant for all of them.
 *
 * @returns one number for each bucket; `batchSize` for one without windows
 */
export function rowsOfBuckets(
  split: SplitSequences,
  { length, batchSize, rng, lengthBuckets }: EpochOptions & { readonly lengthBuckets: readonly number[] },
): number[] {
  expectRows('batchSize', batchSize);
  expectBuckets(lengthBuckets, length);
  const windows = cutWindows(split, { length, rng: rng.child('offset') });
  const counts = Array.from(windows.users.keys(), (window) => targetsOf(windows, window));
  const mean = (own: readonly number[]): number => own.reduce((sum, count) => sum + count, 0) / own.length;
  return lengthBuckets.map((longest, index) => {
    const shortest = lengthBuckets[index - 1] ?? 0;
    const own = counts.filter((count) => count > shortest && count <= longest);
    return own.length === 0 ? batchSize : Math.max(1, Math.round((batchSize * mean(counts)) / mean(own)));
  });
}

function expectRows(name: string, rows: number): void {
  if (!Number.isInteger(rows) || rows < 1) {
    throw new RangeError(`epochBatches: ${name} must be a positive whole number, got ${rows}`);
  }
}

function expectBuckets(lengthBuckets: readonly number[], length: number): void {
  const isAscending = lengthBuckets.every(
    (bucket, index) => Number.isInteger(bucket) && bucket > (lengthBuckets[index - 1] ?? 0),
  );
  if (!isAscending || lengthBuckets.at(-1) !== length) {
    throw new RangeError(
      `epochBatches: lengthBuckets must be whole numbers that ascend to length ${length}, got ${lengthBuckets.join(', ')}`,
    );
  }
}

function trainingBatch(
  split: SplitSequences,
  { users, starts, ends }: Windows,
  chosen: Int32Array,
  fixedLength?: number,
): TrainingBatch {
  const slices = Array.from(chosen, (window) =>
    trainPart(split, users[window]!).subarray(starts[window], ends[window]),
  );
  const userRows = chosen.map((window) => users[window]!);
  const length = fixedLength ?? Math.max(...slices.map((slice) => slice.length)) - 1;
  const { items: inputs, ...shape } = padBatch(
    slices.map((slice) => slice.subarray(0, -1)),
    length,
    userRows,
  );
  const targets = new Int32Array(inputs.length);
  for (const [row, slice] of slices.entries()) targets.set(slice.subarray(1), row * length);
  const firstEvents = chosen.map((window) => split.trainStarts[users[window]!]! + starts[window]!);
  return { ...shape, inputs, targets, firstEvents };
}
