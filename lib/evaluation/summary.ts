import type { MetricValue } from './protocol';
import { protocolDifferences } from './protocol';

/** What several runs of the same experiment say together. */
export interface Summary {
  readonly mean: number;
  /** Sample standard deviation (n - 1); null with a single value, which says nothing about spread. */
  readonly standardDeviation: number | null;
  readonly count: number;
}

/** A metric over several seeds. */
export interface MetricSummary extends Summary {
  readonly metric: string;
}

/**
 * Mean and sample standard deviation.
 *
 * Two passes (the mean first), so values that are large beside their spread keep their digits.
 *
 * @throws RangeError when there is no value or one is not finite
 */
export function summarise(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError('summarise: there are no values');
  for (const [index, value] of values.entries()) {
    if (!Number.isFinite(value)) throw new RangeError(`summarise: value ${index} is ${value}`);
  }
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardDeviation: count > 1 ? Math.sqrt(squares / (count - 1)) : null, count };
}

/**
 * Summarise each metric over runs that differ in their seed only.
 *
 * @param runs the metrics of each run, the same names in each
 * @returns in the order of the first run
 * @throws RangeError when there is no run, a run lacks a metric, two runs have the same seed, or their protocols
 *   or losses differ
 */
export function summariseRuns(runs: readonly (readonly MetricValue[])[]): MetricSummary[] {
  const first = runs[0];
  if (first === undefined) throw new RangeError('summariseRuns: there are no runs');
  return first.map(({ metric, protocol }) => {
    const seeds = new Set<number | null>();
    const values = runs.map((run, index) => {
      const found = run.find((value) => value.metric === metric);
      if (found === undefined || run.length !== first.length) {
        throw new RangeError(`summariseRuns: run ${index} has other metrics than run 0 (${metric})`);
      }
      const differences = protocolDifferences(protocol, found.protocol);
      if (protocol.loss !== found.protocol.loss) {
        differences.push(`loss: ${protocol.loss} / ${found.protocol.loss}`);
      }
      if (differences.length > 0) {
        throw new RangeError(`summariseRuns: run ${index} cannot join run 0 (${differences.join('; ')})`);
      }
      if (seeds.has(found.protocol.seed)) {
        throw new RangeError(
          `summariseRuns: two runs have the seed ${found.protocol.seed}; that is no spread`,
        );
      }
      seeds.add(found.protocol.seed);
      return found.value;
    });
    return { metric, ...summarise(values) };
  });
}
