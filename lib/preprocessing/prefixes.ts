import type { SplitSequences } from './splits/split-sequences';
import { cutWindows, type WindowOptions, type Windows } from './windows';

export interface PrefixOptions extends WindowOptions {
  /** Of a window's beginnings, how many are drawn: above 0, up to 1 for all. At least one a window. */
  readonly share: number;
}

/**
 * Cut every user's training part into windows and take their beginnings: for an encoder that answers once a row.
 *
 * A window of n targets has n beginnings (prefixes), of 1 to n inputs, each with the event behind it as its only target. With a
 * share of 1 every event but a user's first is a target exactly once, as in whole windows; with less, that share of each window's
 * beginnings, all alike likely, drawn anew with another `rng`.
 *
 * @returns one entry a prefix, its last event the target; as many inputs as an encoder of whole windows has read at that target
 * @throws RangeError when `length` is not a positive whole number, or `share` not above 0 and at most 1
 * @source Tan, Xu & Liu, "Improved Recurrent Neural Networks for Session-based Recommendations", DLRS 2016, section 3.1 (every
 *   prefix of a session as a training sequence of its own).
 * @differs Of windows and not of whole histories; a share of them.
 */
export function cutPrefixes(split: SplitSequences, { length, rng, share }: PrefixOptions): Windows {
  if (!(share > 0 && share <= 1)) {
    throw new RangeError(`cutPrefixes: share must be above 0 and at most 1, got ${share}`);
  }
  const windows = cutWindows(split, { length, rng: rng.child('windows') });
  const draw = rng.child('prefixes');
  const [users, starts, ends]: [number[], number[], number[]] = [[], [], []];
  for (const [window, start] of windows.starts.entries()) {
    const count = windows.ends[window]! - start - 1;
    let inputs = Int32Array.from({ length: count }, (_, place) => place + 1);
    if (share < 1) inputs = draw.shuffle(inputs).subarray(0, Math.max(1, Math.round(share * count)));
    for (const own of inputs) {
      users.push(windows.users[window]!);
      starts.push(start);
      ends.push(start + own + 1);
    }
  }
  return {
    users: Int32Array.from(users),
    starts: Int32Array.from(starts),
    ends: Int32Array.from(ends),
    usersTooShort: windows.usersTooShort,
  };
}
