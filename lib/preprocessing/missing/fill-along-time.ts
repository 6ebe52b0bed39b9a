import { fillFrom, type Filled } from './fill';

/** Where the values of each user are. */
export interface UserRanges {
  /** N + 1 numbers, as of sequences. */
  readonly offsets: Int32Array;
}

/**
 * Put the user's last known value in the place of a missing one: causal, since nothing later is looked at.
 *
 * Values before a user's first known one stay missing, and are counted in `left`.
 *
 * @throws RangeError when the offsets are of another number of values
 * @source Little & Rubin, "Statistical Analysis with Missing Data", 2nd ed., Wiley 2002 (last value carried forward).
 */
export function fillPrevious<Values extends Float32Array | Float64Array>(
  { offsets }: UserRanges,
  values: Values,
): Filled<Values> {
  expectRanges('fillPrevious', offsets, values);
  const carried = new Float64Array(values.length);
  for (let user = 0; user + 1 < offsets.length; user++) {
    let last = NaN;
    for (let place = offsets[user]!; place < offsets[user + 1]!; place++) {
      if (!Number.isNaN(values[place]!)) last = values[place]!;
      carried[place] = last;
    }
  }
  return fillFrom(values, (place) => carried[place]!);
}

/** Where the values of each user are, and when they were. */
export interface TimedUserRanges extends UserRanges {
  /** One time a value; ascending within a user. */
  readonly timesMs: Float64Array;
}

/**
 * Fill missing values on the straight line, in time, between the user's known values around them.
 *
 * It looks at a LATER value, so it is NOT causal: fit for describing a history or for drawing it, a leak in the features of a model
 * that predicts. Take `fillPrevious` there. Values before a user's first known one or behind the last stay missing, and are
 * counted in `left`. Where both known values have the same time, the earlier one is taken.
 *
 * @throws RangeError when times or offsets are of another number of values
 * @source Little & Rubin, "Statistical Analysis with Missing Data", 2nd ed., Wiley 2002.
 */
export function fillLinear<Values extends Float32Array | Float64Array>(
  { offsets, timesMs }: TimedUserRanges,
  values: Values,
): Filled<Values> {
  expectRanges('fillLinear', offsets, values);
  if (timesMs.length !== values.length) {
    throw new RangeError(`fillLinear: ${timesMs.length} times for ${values.length} values`);
  }
  const between = new Float64Array(values.length).fill(NaN);
  for (let user = 0; user + 1 < offsets.length; user++) {
    let before = -1;
    for (let after = offsets[user]!; after < offsets[user + 1]!; after++) {
      if (Number.isNaN(values[after]!)) continue;
      for (let place = before + 1; before >= 0 && place < after; place++) {
        const spanMs = timesMs[after]! - timesMs[before]!;
        const share = spanMs === 0 ? 0 : (timesMs[place]! - timesMs[before]!) / spanMs;
        between[place] = values[before]! + share * (values[after]! - values[before]!);
      }
      before = after;
    }
  }
  return fillFrom(values, (place) => between[place]!);
}

function expectRanges(name: string, offsets: Int32Array, values: ArrayLike<number>): void {
  if (offsets.at(-1) !== values.length) {
    throw new RangeError(`${name}: ranges of ${offsets.at(-1) ?? 0} values for ${values.length} values`);
  }
}
