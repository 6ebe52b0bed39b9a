import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { InputError } from 'behavior-lab/base/errors';
import { replaceFile } from 'behavior-lab/base/replace-file';
import { findData } from 'behavior-lab/data/find-data';
import { learningCurves } from 'behavior-lab/experiments/learning-curves';
import { readJson, writeJson } from 'behavior-lab/experiments/model-folder';
import {
  compareWithPublished,
  reproductionHead,
  reproductionRow,
  type Reproduction,
} from 'behavior-lab/experiments/reproduction';
import { runExperiment, type ExperimentSettings } from 'behavior-lab/experiments/run-experiment';
import type { RunRecord } from 'behavior-lab/experiments/run-record';
import { saveChart } from 'behavior-lab/figures/save-chart';
import { tableToText } from 'behavior-lab/figures/table';
import { publishedThreads, threadsFromEnvironment } from 'behavior-lab/nn/backend';
import { terminalProgress } from 'behavior-lab/training/progress-bar';
import { runCommand, wholeNumber } from './command-line';
import { finishedRun, withoutFolder } from './committed-run';
import { reproductions } from './reproductions/catalogue';

const usage = `Try to reach the numbers of a published table, under the same protocol.

  npm run reproduce                       the list: what there is, what it costs, what came of it
  npm run reproduce -- NAME [--background] [--threads N]

The pages of the lab book are scripts/reproductions/NAME.ts: model, settings, seeds, and what is to be reached.
Runs are kept in runs/reproduction/NAME/seed-N: one that was interrupted goes on, one that is finished is read.
Their run.json, ranks.csv.gz (if under 1 MB) and curve go to figures/reproduction/NAME, the table beside it is made again.
Threads: TF_NUM_INTRAOP_THREADS, or ${publishedThreads} on every machine.
  --background   run on when this terminal is closed; npm run watch -- runs/reproduction/NAME/seed-N follows it
`;

const options = {
  threads: { type: 'string' },
  background: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const results = join('figures', 'reproduction');
/** The largest list of ranks that is committed. */
const mostBytes = 1_000_000;

if (process.argv.length === 2) list();
else runCommand(usage, options, reproduce, 'a reproduction');

async function reproduce(
  values: { readonly threads?: string; readonly background?: boolean },
  name: string,
): Promise<void> {
  const page = reproductions.find((each) => each.name === name);
  if (!page) {
    const names = reproductions.map((each) => each.name).join(', ');
    throw new InputError(`there is no reproduction '${name}'.`, `Choose one of ${names}.`);
  }
  const file = findData(page.data.paths);
  if (file === null) {
    throw new InputError(
      `${page.data.paths.join(' or ')} is not there.`,
      'Get it by npm run data, or name the folder above it in BEHAVIOR_LAB_DATA.',
    );
  }
  const threads = wholeNumber('--threads', values.threads, threadsFromEnvironment() ?? publishedThreads);
  if (values.background) return inBackground(page, threads);
  for (const seed of page.seeds) {
    const folder = join('runs', 'reproduction', page.name, `seed-${seed}`);
    const settings = settingsOf(page, file, seed);
    const record = finishedRun(folder, settings) ?? (await run(settings, folder, threads));
    if (record.status !== 'finished') return;
    await keep(page, seed, folder, record);
  }
  writeTable();
  list(page.name);
}

function settingsOf(
  { data, encoder, config, side, length, training }: Reproduction,
  file: string,
  seed: number,
): ExperimentSettings {
  return {
    data: { file, format: data.format },
    encoder,
    config,
    ...(side && { side }),
    length,
    training: { ...training, seed },
  };
}

function run(settings: ExperimentSettings, folder: string, threads: number): Promise<RunRecord> {
  const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
  return runExperiment(settings, folder, { onProgress: terminalProgress(), say, threads });
}

/** Copy what is committed of a run. */
async function keep(
  { name, title }: Reproduction,
  seed: number,
  folder: string,
  record: RunRecord,
): Promise<void> {
  const into = join(results, name, `seed-${seed}`);
  mkdirSync(into, { recursive: true });
  writeJson(join(into, 'run.json'), withoutFolder(record));
  // No time in the header: the same ranks give the same bytes.
  const packed = gzipSync(readFileSync(join(folder, 'ranks.csv')), { level: 9 });
  if (packed.length < mostBytes) replaceFile(join(into, 'ranks.csv.gz'), [packed]);
  const { validation } = learningCurves(
    { history: record.training!.history },
    { title: `${title}, seed ${seed}`, metric: 'NDCG@10' },
  );
  if (validation) await saveChart(validation, join(into, 'curve.svg'));
}

/** What is committed of a reproduction: one record a seed, or none. */
function committed({ name, seeds }: Reproduction): RunRecord[] {
  const files = seeds.map((seed) => join(results, name, `seed-${seed}`, 'run.json'));
  return files.every((file) => existsSync(file))
    ? files.map((file) => readJson(file, 'Delete it.') as RunRecord)
    : [];
}

function writeTable(): void {
  const rows = reproductions.flatMap((page) => {
    const records = committed(page);
    if (records.length === 0) return [];
    const { split, candidates, seenItems, ties } = records[0]!.results.at(-1)!.metrics[0]!.protocol;
    const protocol = `${split}, ${candidates} ranking, seen items ${seenItems}, ties by ${ties}, seeds ${page.seeds.join(', ')}`;
    return [reproductionRow(page, compareWithPublished(page, records), protocol)];
  });
  const pages = reproductions
    .filter((page) => committed(page).length > 0)
    .map(({ name, chosen, time }) => `- \`${name}\`: ${chosen} ${time}`);
  const text = `# Published tables, made again\n\nWritten by \`npm run reproduce\`; do not edit.\n\n${reproductionHead}\n${rows.join('\n')}\n\nHow the settings were chosen, and what a run costs:\n\n${pages.join('\n')}\n`;
  replaceFile(join(results, 'README.md'), [Buffer.from(text)]);
}

function list(only?: string): void {
  const rows = reproductions
    .filter(({ name }) => only === undefined || name === only)
    .map((page) => {
      const { hr10, ndcg10 } = page.expected;
      const records = committed(page);
      const row = [page.name, page.title, `${hr10} / ${ndcg10}`];
      if (records.length === 0) return [...row, '-', 'not run yet'];
      const found = compareWithPublished(page, records);
      const ours = [found.hr10, found.ndcg10].map(({ ours: { mean } }) => mean.toFixed(4)).join(' / ');
      return [...row, ours, found.isReached ? 'reached' : 'not reached'];
    });
  const columns = ['name', '', 'HR@10 / NDCG@10 published', 'ours', ''];
  process.stdout.write(`${tableToText({ columns, rows })}\n`);
}

function inBackground({ name }: Reproduction, threads: number): void {
  const folder = join('runs', 'reproduction', name);
  mkdirSync(folder, { recursive: true });
  const log = join(folder, 'log.txt');
  const output = openSync(log, 'a');
  const args = ['-r', 'ts-node/register/transpile-only', join('scripts', 'reproduce.ts'), name];
  const child = spawn(process.execPath, [...args, '--threads', String(threads)], {
    detached: true,
    stdio: ['ignore', output, output],
  });
  child.unref();
  process.stdout.write(`Started as process ${child.pid}; what it says goes to ${log}\n`);
}
