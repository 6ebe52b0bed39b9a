import type { Measured } from './measure';
import type { Work } from './work';

/** One line of `--json`: minima of one invocation; the smaller the ratio, the better for ours. */
export interface BenchRow {
  readonly name: string;
  readonly peer: string;
  readonly unit: string;
  readonly ours: number;
  readonly theirs: number;
  readonly ratio: number;
}

/** A row with what else is printed. */
export interface Comparison extends BenchRow {
  readonly oursMedian: number;
  readonly theirsMedian: number;
  readonly medianRatio: number;
  /** Threads behind each side's minimum. */
  readonly oursThreads: number;
  readonly theirsThreads: number;
}

/** The middle of the samples; of two middles their mean. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The best of a side: the smallest sample of all its programs, and the median of the program with the smallest median. */
export function bestOf(programs: readonly Measured[]): { minimum: number; median: number; threads: number } {
  const each = programs.map(({ samples, threads }) => ({
    minimum: Math.min(...samples),
    median: median(samples),
    threads,
  }));
  const fastest = each.reduce((best, one) => (one.minimum < best.minimum ? one : best));
  return { ...fastest, median: Math.min(...each.map((one) => one.median)) };
}

/** A tuned peer is never slower than the plain one: what it chose in a noisy moment may have been the wrong way. */
const countedAs: Readonly<Record<string, readonly string[]>> = {
  'pytorch-tuned': ['pytorch-tuned', 'pytorch'],
};

/** Ours beside each peer of the work. @throws Error when a side has no samples */
export function compare(work: Work, measured: readonly Measured[]): Comparison[] {
  const of = (side: string): ReturnType<typeof bestOf> => {
    const sides = countedAs[side] ?? [side];
    const programs = measured.filter((one) => sides.includes(one.side) && one.samples.length > 0);
    if (programs.length === 0) throw new Error(`${work.name}: '${side}' has no samples`);
    return bestOf(programs);
  };
  const ours = of('ours');
  return work.peers.map((peer) => {
    const theirs = of(peer);
    return {
      name: work.name,
      peer,
      unit: work.unit,
      ours: ours.minimum,
      theirs: theirs.minimum,
      ratio: ours.minimum / theirs.minimum,
      oursMedian: ours.median,
      theirsMedian: theirs.median,
      medianRatio: ours.median / theirs.median,
      oursThreads: ours.threads,
      theirsThreads: theirs.threads,
    };
  });
}

/** The row as `--json` holds it. */
export function toRow({ name, peer, unit, ours, theirs, ratio }: Comparison): BenchRow {
  return { name, peer, unit, ours, theirs, ratio };
}
