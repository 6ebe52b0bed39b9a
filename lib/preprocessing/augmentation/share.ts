/**
 * How many of a sequence's events a share is, rounded down but at least `least`.
 *
 * @throws RangeError when the share is outside [0, 1]
 */
export function shareOf(name: string, length: number, share: number, least = 0): number {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`${name}: the share must be in [0, 1], got ${share}`);
  // A share like .3 of 10 is 2.9999999999999996 in floating point.
  return Math.min(length, Math.max(least, Math.floor(length * share + 1e-9)));
}
