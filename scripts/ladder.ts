import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { InputError } from 'behavior-lab/base/errors';
import { createRng } from 'behavior-lab/base/random';
import { replaceFile } from 'behavior-lab/base/replace-file';
import { disposeTree } from 'behavior-lab/base/tree';
import { findData } from 'behavior-lab/data/find-data';
import type { RankedModel } from 'behavior-lab/evaluation/difference/compare-ranks';
import { evaluateRanking, rankingProtocol } from 'behavior-lab/experiments/evaluate-ranking';
import { bestByValidation, climb, ladderTable, type ClimbedRung } from 'behavior-lab/experiments/ladder';
import { loadData } from 'behavior-lab/experiments/load-data';
import { loadModel, writeJson } from 'behavior-lab/experiments/model-folder';
import { runExperiment, type ExperimentSettings } from 'behavior-lab/experiments/run-experiment';
import type { RunRecord } from 'behavior-lab/experiments/run-record';
import { createModel, modelScorer, type SequenceModel } from 'behavior-lab/experiments/sequence-model';
import { publishedThreads, startBackend, threadsFromEnvironment } from 'behavior-lab/nn/backend';
import { leaveOneOut } from 'behavior-lab/preprocessing/leave-one-out';
import { codeSide, columnsFor } from 'behavior-lab/preprocessing/side/side-information';
import { withSequences, type SplitSequences } from 'behavior-lab/preprocessing/splits/split-sequences';
import { mixture } from 'behavior-lab/recommendation/mixture';
import { countItems, popularity } from 'behavior-lab/recommendation/popularity';
import type { Scorer } from 'behavior-lab/recommendation/scorer';
import { terminalProgress } from 'behavior-lab/training/progress-bar';
import { runCommand, wholeNumber } from './command-line';
import { finishedRecord, finishedRun, withoutFolder } from './committed-run';
import { rungs, seeds, start, type Candidate, type LadderSettings } from './ladder/rungs';

const usage = `Climb the ladder of improvements of an LSTM on MovieLens-100K, and measure what each rung is worth.

  npm run ladder [-- --threads N]

An LSTM with the settings of the article; tuned (${rungs[0]!.candidates.length} settings, chosen on validation); with features; with augmentation; a vote of
the ${seeds.length} seeds. Each rung is added to the one below, whatever it brings, and measured beside it on the test events, which
nothing was chosen by.
Runs are kept in runs/ladder/RUNG/CANDIDATE/seed-N: one that was interrupted (Ctrl-C) goes on, one that is finished is read.
run.json of each and the result go to figures/ladder; the table there is made again.
Threads: TF_NUM_INTRAOP_THREADS, or ${publishedThreads} on every machine.
`;

const options = { threads: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;

const runs = join('runs', 'ladder');
const results = join('figures', 'ladder');
const paths = ['ml-100k/ml-100k.inter'];
const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

interface Climber {
  readonly file: string;
  readonly threads: number;
  readonly signal: AbortSignal;
}

/** A rung whose runs are finished. */
interface FinishedRung {
  readonly name: string;
  readonly change: string;
  readonly chosen: string;
  readonly settings: LadderSettings;
  /** One a seed. */
  readonly folders: readonly string[];
}

runCommand(usage, options, async (values) => {
  const file = findData(paths);
  if (file === null) throw new InputError(`${paths.join(' or ')} is not there.`, 'Get it by npm run setup.');
  const threads = wholeNumber('--threads', values.threads, threadsFromEnvironment() ?? publishedThreads);
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  const climbed = await train({ file, threads, signal: interrupt.signal });
  if (!climbed) return say('Stopped. The same command goes on.');
  await keep(file, climbed, threads);
  process.stdout.write(`${join(results, 'README.md')}\n`);
});

/** All rungs, from below; null when it was stopped. */
async function train(climber: Climber): Promise<FinishedRung[] | null> {
  const pages = [
    {
      name: 'start',
      change: 'the settings of the article',
      candidates: [{ name: 'article', settings: () => start }],
    },
    ...rungs,
  ];
  const climbed: FinishedRung[] = [];
  for (const { name, change, candidates } of pages) {
    const below = climbed.at(-1)?.settings ?? start;
    const runOf = (candidate: Candidate, seed: number): Promise<RunRecord> =>
      run(candidate.settings(below), folderOf(name, candidate, seed), seed, climber);
    const first: RunRecord[] = [];
    for (const candidate of candidates) {
      say(`${name}, ${candidate.name}:`);
      const record = await runOf(candidate, seeds[0]);
      if (record.status !== 'finished') return null;
      first.push(record);
    }
    const chosen = candidates[bestByValidation(first)]!;
    for (const seed of seeds.slice(1)) {
      const record = await runOf(chosen, seed);
      if (record.status !== 'finished') return null;
    }
    climbed.push({
      name,
      change,
      chosen: chosen.name,
      settings: chosen.settings(below),
      folders: seeds.map((seed) => folderOf(name, chosen, seed)),
    });
  }
  return climbed;
}

function folderOf(rung: string, { name }: Candidate, seed: number): string {
  return join(runs, rung, name, `seed-${seed}`);
}

async function run(
  settings: LadderSettings,
  folder: string,
  seed: number,
  { file, threads, signal }: Climber,
): Promise<RunRecord> {
  const own: ExperimentSettings = {
    ...settings,
    data: { file, format: 'recbole' },
    training: { ...settings.training, seed },
  };
  const record =
    finishedRun(folder, own) ?? // refused where the rung below has been climbed in another way since
    (await runExperiment(own, folder, { onProgress: terminalProgress(), say, threads, signal }));
  if (record.status === 'finished') {
    const into = join(results, relative(runs, folder));
    mkdirSync(into, { recursive: true });
    writeJson(join(into, 'run.json'), withoutFolder(record));
  }
  return record;
}

/** Ask every rung and the baselines, and write the table. */
async function keep(file: string, climbed: readonly FinishedRung[], threads: number): Promise<void> {
  await startBackend({ threads });
  // With columns, were it none: then what is known of items and users is read as well.
  const { sequences, source } = await loadData({ file, format: 'recbole' }, { columns: columnsFor({}) });
  const plain = leaveOneOut(sequences);
  const asked = (
    name: string,
    scorer: Scorer,
    split: SplitSequences,
    seed: number | null,
    loss: string | null,
  ): RankedModel => {
    const { ranks, users, targets } = evaluateRanking(scorer, split, 'test');
    return {
      name,
      ranks,
      users,
      targets,
      protocol: rankingProtocol(split, source, { which: 'test', cut: 'none', loss, seed }),
    };
  };
  const { encoder, config, length } = start;
  const untrained = createModel(sequences.vocabulary, { encoder, config, length, seed: seeds[0] });
  const measured: ClimbedRung[] = [
    {
      name: 'popularity',
      change: 'nothing is learned',
      runs: [asked('popularity', popularity(countItems(plain)), plain, null, null)],
    },
    {
      name: 'untrained LSTM',
      change: 'nothing is learned',
      runs: [asked('untrained', modelScorer(untrained), plain, seeds[0], null)],
    },
  ];
  disposeTree(untrained.params);
  for (const [at, { name, change, chosen, folders }] of climbed.entries()) {
    const models = folders.map((folder) => loadModel(folder));
    const split = splitFor(plain, models[0]!);
    const loss = finishedRecord(folders[0]!)!.results.at(-1)!.metrics[0]!.protocol.loss;
    const ofSeeds = models.map((model, place) => asked(name, modelScorer(model), split, seeds[place]!, loss));
    measured.push({
      name,
      change: `${change}${chosen === 'article' ? '' : ` (taken: ${chosen})`}`,
      runs: ofSeeds,
    });
    if (at === climbed.length - 1) {
      const weight = 1 / models.length;
      const vote = mixture(
        'vote',
        models.map((model) => ({ scorer: modelScorer(model), scores: 'logits' as const, weight })),
      );
      const change = `mean of the probabilities of the ${models.length} seeds`;
      measured.push({ name: 'vote', change, runs: [asked('vote', vote, split, null, loss)] });
    }
    for (const { params } of models) disposeTree(params);
  }
  const baselines = measured.slice(0, 2);
  const gains = climb(measured.slice(2), createRng(1));
  mkdirSync(results, { recursive: true });
  writeJson(join(results, 'ladder.json'), {
    chosen: climbed.map(({ name, chosen }) => ({ name, chosen })),
    gains,
  });
  replaceFile(join(results, 'README.md'), [
    Buffer.from(`# The ladder of an LSTM, measured

Written by \`npm run ladder\`; do not edit.

${ladderTable(baselines, gains)}
`),
  ]);
}

/** The split with the columns that a model reads beside items. */
function splitFor(plain: SplitSequences, { side }: SequenceModel): SplitSequences {
  return side ? withSequences(plain, codeSide(plain.sequences, side.codes, plain)) : plain;
}
