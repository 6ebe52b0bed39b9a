import { summariseRuns, type MetricSummary } from '../evaluation/summary';
import type { EncoderName, EncoderSettings } from './encoder-catalogue';
import type { EncoderTraining } from './train-encoder';
import type { SideSettings } from './run-experiment';
import type { RunRecord } from './run-record';

/** One line of a published table, and how this project tries to reach it: the page of a lab book, as data. */
export interface Reproduction {
  /** Name of its folders: `ml-100k-sasrec`. */
  readonly name: string;
  readonly title: string;
  /** Who published the model. */
  readonly paper: string;
  /** What is to be reached, under the same protocol. */
  readonly expected: {
    readonly hr10: number;
    readonly ndcg10: number;
    /** Who measured that, where and how. */
    readonly source: string;
    /** Reached means at least (1 - within) times both. */
    readonly within: number;
  };
  /** Where the data may lie, below the data folders, and how they are written. */
  readonly data: { readonly paths: readonly string[]; readonly format: 'recbole' | 'pairs' | 'sequences' };
  readonly encoder: EncoderName;
  readonly config: EncoderSettings;
  /** What the model knows beside items; default nothing. */
  readonly side?: SideSettings;
  /** T: events that the encoder reads. */
  readonly length: number;
  readonly training: Omit<EncoderTraining, 'seed'>;
  /** Fixed before the first run. */
  readonly seeds: readonly number[];
  /** How the settings were chosen: by the paper, before the first run, or by what on validation. */
  readonly chosen: string;
  /** What it costs: measured, on which machine. */
  readonly time: string;
}

/** A published number beside ours. */
export interface ReproducedMetric {
  readonly expected: number;
  readonly ours: MetricSummary;
  /** Ours beside the expected one: -0.03 is 3 % below. */
  readonly difference: number;
}

/** What came of a reproduction. */
export interface ReproductionResult {
  readonly hr10: ReproducedMetric;
  readonly ndcg10: ReproducedMetric;
  /** Both are at least (1 - within) times the expected ones. */
  readonly isReached: boolean;
  readonly bestEpochs: readonly number[];
}

/**
 * Hold the trained model's test metrics against the published ones.
 *
 * @param runs finished, one a seed
 * @throws RangeError when there is none, or they cannot be summed up together (see `summariseRuns`)
 */
export function compareWithPublished(
  { expected }: Pick<Reproduction, 'expected'>,
  runs: readonly RunRecord[],
): ReproductionResult {
  const summaries = summariseRuns(runs.map(({ results }) => results.at(-1)!.metrics));
  const compare = (metric: string, published: number): ReproducedMetric => {
    const ours = summaries.find((summary) => summary.metric === metric)!;
    return { expected: published, ours, difference: ours.mean / published - 1 };
  };
  const [hr10, ndcg10] = [compare('HR@10', expected.hr10), compare('NDCG@10', expected.ndcg10)];
  // A difference of exactly the tolerance is within it, whatever its last bit.
  const isReached = [hr10, ndcg10].every(({ difference }) => difference >= -expected.within - 1e-9);
  return { hr10, ndcg10, isReached, bestEpochs: runs.map(({ training }) => training!.bestEpoch) };
}

/** A result as a line of the table "published, ours, difference, protocol", in Markdown. */
export function reproductionRow(
  { title, expected }: Pick<Reproduction, 'title' | 'expected'>,
  { hr10, ndcg10, isReached }: ReproductionResult,
  protocol: string,
): string {
  const { within, source } = expected;
  const cell = ({ expected: published, ours, difference }: ReproducedMetric): string => {
    const spread = ours.standardDeviation === null ? '' : ` ± ${digits(ours.standardDeviation)}`;
    return `${digits(published)} | ${digits(ours.mean)}${spread} | ${percent(difference)}`;
  };
  const asked = within === 0 ? 'at least that' : `within ${(100 * within).toFixed(0)} %`;
  const verdict = isReached ? 'reached' : 'not reached';
  return `| ${[title, cell(hr10), cell(ndcg10), `${verdict} (${asked})`, `${protocol}; published: ${source}`].join(' | ')} |`;
}

/** Head of the table that `reproductionRow` fills. */
export const reproductionHead = [
  '| model | HR@10 published | ours | difference | NDCG@10 published | ours | difference | | protocol |',
  '|---|---|---|---|---|---|---|---|---|',
].join('\n');

const digits = (value: number): string => value.toFixed(4).replace(/^0/, '');
const percent = (share: number): string => `${share < 0 ? '-' : '+'}${Math.abs(100 * share).toFixed(1)} %`;
