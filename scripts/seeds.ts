import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from 'behavior-lab/base/errors';
import { movieLens100kFolder } from 'behavior-lab/data/movielens';
import { summariseRuns } from 'behavior-lab/evaluation/summary';
import { encoderCatalogue } from 'behavior-lab/experiments/encoder-catalogue';
import { writeJson } from 'behavior-lab/experiments/model-folder';
import { runExperiment, type ExperimentSettings } from 'behavior-lab/experiments/run-experiment';
import type { RunRecord } from 'behavior-lab/experiments/run-record';
import {
  defaultLength,
  trainingDefaults,
  type EncoderTraining,
} from 'behavior-lab/experiments/train-encoder';
import { tableToText } from 'behavior-lab/figures/table';
import { terminalProgress } from 'behavior-lab/training/progress-bar';
import { publishedThreads, threadsFromEnvironment } from 'behavior-lab/nn/backend';
import { quantile, sortedNumbers } from 'behavior-lab/base/quantile';
import { oneOf, runCommand, wholeNumber } from './command-line';
import { finishedRun, withoutFolder } from './committed-run';

const usage = `Make the project's MovieLens-100K table again: the LSTM and its baselines over several seeds.

  npm run seeds [-- --seeds 1,2,3] [--threads N] [--engine graph|eager]

The runs are kept in runs/ml-100k-lstm/seed-N; one that was interrupted goes on, one that is finished is read.
Their run.json and summary.json (mean and sample standard deviation) go to figures/ml-100k-lstm.
With --engine eager both folders are called ml-100k-lstm-eager: the same steps without a graph.
Five minutes a seed on 2 cores. Threads: TF_NUM_INTRAOP_THREADS, or ${publishedThreads} on every machine, like the published table.
`;

const options = {
  seeds: { type: 'string', default: '1,2,3' },
  threads: { type: 'string' },
  engine: { type: 'string', default: 'graph' },
  help: { type: 'boolean', short: 'h' },
} as const;

runCommand(usage, options, async (values) => {
  const seeds = values.seeds.split(',').map(Number);
  if (seeds.length === 0 || !seeds.every(Number.isSafeInteger) || new Set(seeds).size !== seeds.length) {
    throw new InputError(
      `--seeds is '${values.seeds}'.`,
      'Give different whole numbers, separated by commas.',
    );
  }
  const threads = wholeNumber('--threads', values.threads, threadsFromEnvironment() ?? publishedThreads);
  const engine = oneOf('--engine', values.engine, ['graph', 'eager']);
  const name = engine === 'graph' ? 'ml-100k-lstm' : 'ml-100k-lstm-eager';
  const results = join('figures', name);
  const records: RunRecord[] = [];
  for (const seed of seeds) {
    const folder = join('runs', name, `seed-${seed}`);
    const settings = settingsFor({ ...trainingDefaults, seed, engine });
    records.push(finishedRun(folder, settings) ?? (await run(folder, settings, threads)));
    mkdirSync(join(results, `seed-${seed}`), { recursive: true });
    writeJson(join(results, `seed-${seed}`, 'run.json'), withoutFolder(records.at(-1)!));
  }
  const names = records[0]!.results.map(({ name }) => name);
  const rows = names.map((name, index) => {
    const runs = records.map(({ results }) => results[index]!.metrics);
    // Popularity has no seed: its runs are one and the same.
    const summaries = summariseRuns(runs[0]![0]!.protocol.seed === null ? runs.slice(0, 1) : runs);
    return {
      name,
      metrics: Object.fromEntries(
        summaries.map(({ metric, mean, standardDeviation }) => [
          metric,
          {
            mean,
            sd: standardDeviation,
            values: runs.map((run) => run.find((value) => value.metric === metric)!.value),
          },
        ]),
      ),
    };
  });
  const protocol = { ...records[0]!.results.at(-1)!.metrics[0]!.protocol, seed: null };
  const bestEpochs = records.map(({ training }) => training!.bestEpoch);
  // The median: a machine that sleeps in the middle of an epoch makes it hours long.
  const secondsAnEpoch = records.map(({ training }) =>
    quantile(sortedNumbers(training!.history.map(({ seconds }) => seconds)), 0.5),
  );
  writeJson(join(results, 'summary.json'), { protocol, seeds, bestEpochs, secondsAnEpoch, rows });
  const shown = ['HR@10', 'NDCG@10', 'MRR'];
  const cell = ({ mean, sd }: { mean: number; sd: number | null }): string =>
    `${mean.toFixed(4)}${sd === null ? '' : ` ± ${sd.toFixed(4)}`}`;
  process.stdout.write(
    `${tableToText({
      columns: ['', ...shown],
      rows: rows.map(({ name, metrics }) => [name, ...shown.map((metric) => cell(metrics[metric]!))]),
    })}\nmean ± sample standard deviation over the seeds ${seeds.join(', ')}; best epochs ${bestEpochs.join(', ')}\n`,
  );
});

function settingsFor(training: EncoderTraining): ExperimentSettings {
  return {
    data: { file: join(movieLens100kFolder(), 'ml-100k.inter'), format: 'recbole' },
    encoder: 'lstm',
    config: encoderCatalogue.lstm.defaults,
    length: defaultLength,
    training,
  };
}

function run(folder: string, settings: ExperimentSettings, threads: number): Promise<RunRecord> {
  const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
  return runExperiment(settings, folder, { onProgress: terminalProgress(), say, threads });
}
