import type { Sequences } from '../sequences';

/**
 * Sequences cut into slices, as index ranges: nothing is copied.
 *
 * Slice `s` holds the events `starts[s]` to `starts[s + 1] - 1` of all users' events in a row; the slices of user `u` are
 * `userOffsets[u]` to `userOffsets[u + 1] - 1`. Every event is in exactly one slice, no slice is empty.
 */
export interface Slices {
  /** One more than there are users. */
  readonly userOffsets: Int32Array;
  /** One more than there are slices; the last one is the number of events. */
  readonly starts: Int32Array;
}

/** The columns that slicing reads. */
export type SlicedColumns = Pick<Sequences, 'offsets' | 'timesMs'>;

/**
 * Cut each user's events wherever a rule says that a new slice begins.
 *
 * @param begins asked for every event but a user's first one, in order: its index in the row of all events, and the index at
 *   which the slice at hand began
 */
export function cutWhere(
  { offsets }: Pick<SlicedColumns, 'offsets'>,
  begins: (event: number, sliceStart: number) => boolean,
): Slices {
  const userOffsets = new Int32Array(offsets.length);
  const numEvents = offsets.at(-1) ?? 0;
  const starts = new Int32Array(numEvents + 1);
  let numSlices = 0;
  for (let user = 0; user + 1 < offsets.length; user++) {
    const [first, end] = [offsets[user]!, offsets[user + 1]!];
    let sliceStart = first;
    if (end > first) starts[numSlices++] = first;
    for (let event = first + 1; event < end; event++) {
      if (!begins(event, sliceStart)) continue;
      starts[numSlices++] = event;
      sliceStart = event;
    }
    userOffsets[user + 1] = numSlices;
  }
  starts[numSlices] = numEvents;
  return { userOffsets, starts: starts.slice(0, numSlices + 1) };
}

/** The times of sequences that have some. @throws RangeError when they have none, naming who asks */
export function timesOf(name: string, { timesMs }: SlicedColumns): Float64Array {
  if (timesMs === null) throw new RangeError(`${name}: the sequences have no times`);
  return timesMs;
}
