import type { Rng } from '../../base/random';
import type { RankQuestion } from '../../recommendation/rank-with-scorer';
import type { Scorer } from '../../recommendation/scorer';

/** How fast a model answers here, and how much memory the process holds. */
export interface ResponseTimes {
  /** Milliseconds until the scores of one user are there: the median, and what 99 of 100 askings do not exceed. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Users a second when 256 are asked at once. */
  readonly usersPerSecond: number;
  /** Resident memory of the process afterwards, everything in it, in MB. */
  readonly residentMB: number;
}

/** The most memory that this process has held since it began, in MB. */
export const peakMemoryMB = (): number => (process.resourceUsage().maxRSS * 1024) / 1e6;

/** Users asked one by one. */
const asked = 200;
const together = 256;

/**
 * Measure how long a model takes to score all items: for one user at a time, and for many at once.
 *
 * Once per machine and process: other work beside it shows in the p99. Not for a comparison with other software.
 *
 * @source Dean & Barroso, "The Tail at Scale", Communications of the ACM 56(2), 2013 (why not the mean).
 */
export function responseTimes(
  scorer: Scorer,
  { histories, contexts }: RankQuestion,
  rng: Rng,
): ResponseTimes {
  const score = (users: readonly number[]): number => {
    const start = performance.now();
    const scores = scorer.score(
      users.map((user) => histories[user]!),
      contexts && users.map((user) => contexts[user]!),
    );
    scores.dataSync();
    scores.dispose();
    return performance.now() - start;
  };
  const draw = (count: number): number[] =>
    Array.from({ length: count }, () => rng.integer(histories.length));
  for (let warmUp = 0; warmUp < 5; warmUp++) score(draw(1));
  const single = Float64Array.from({ length: asked }, () => score(draw(1))).sort();
  score(draw(together));
  const many = score(draw(together));
  return {
    p50Ms: single[Math.floor(0.5 * asked)]!,
    p99Ms: single[Math.floor(0.99 * asked)]!,
    usersPerSecond: (1000 * together) / many,
    residentMB: process.memoryUsage().rss / 1e6,
  };
}
