import { chiSquareTail } from '../distributions';

export interface SampleRatio {
  readonly chiSquare: number;
  readonly p: number;
  /** Whether the groups are as large as the split wanted: p not below the level. */
  readonly holds: boolean;
  /** Cases that each group was to have. */
  readonly expected: readonly number[];
}

/**
 * Ask whether the groups of a test are as large as the split wanted: the check for a sample-ratio mismatch.
 *
 * A mismatch means that somebody fell out of one group more than of the other: redirects, crashes, bots, filters. Then the two groups are
 * different people, and no result of the test can be believed, however small its p. Look at it before anything else.
 *
 * @param counts cases of each group, at least 2 groups
 * @param shares as the split wanted them, in any unit; default equal
 * @param level  default .001, for this is asked of every test, and an alarm stops it
 * @throws RangeError when there are fewer than 2 groups, a count is no count, a share is not above 0, or there are no cases
 * @source Fabijan, Gupchup, Gupta, Omhover, Qin, Vermeer & Dmitriev, "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments",
 *   KDD 2019; the test: Pearson 1900.
 */
export function sampleRatio(
  counts: readonly number[],
  shares: readonly number[] = counts.map(() => 1),
  level = 0.001,
): SampleRatio {
  if (counts.length < 2 || shares.length !== counts.length)
    throw new RangeError(`sampleRatio: ${counts.length} groups and ${shares.length} shares`);
  if (!counts.every((count) => Number.isInteger(count) && count >= 0))
    throw new RangeError(`sampleRatio: ${counts.join(', ')} are no counts`);
  if (!shares.every((share) => share > 0 && share < Infinity))
    throw new RangeError(`sampleRatio: each share must be above 0, got ${shares.join(', ')}`);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const [cases, whole] = [sum(counts), sum(shares)];
  if (cases === 0) throw new RangeError('sampleRatio: there are no cases');
  const expected = shares.map((share) => (cases * share) / whole);
  const chiSquare = sum(counts.map((count, group) => (count - expected[group]!) ** 2 / expected[group]!));
  const p = chiSquareTail(chiSquare, counts.length - 1);
  return { chiSquare, p, holds: p >= level, expected };
}
