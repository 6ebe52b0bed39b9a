import { mkdirSync, existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { InputError } from 'behavior-lab/base/errors';
import { replaceFile } from 'behavior-lab/base/replace-file';
import { findData } from 'behavior-lab/data/find-data';
import { dataCharacteristics } from 'behavior-lab/experiments/generalisation/data-characteristics';
import {
  answersTable,
  characteristicsTable,
  type DataSetResult,
} from 'behavior-lab/experiments/generalisation/data-set-table';
import {
  askNextItem,
  type AskedModel,
  type NextItemQuestions,
} from 'behavior-lab/experiments/generalisation/next-item-questions';
import { loadData } from 'behavior-lab/experiments/load-data';
import { loadModel, readJson, writeJson } from 'behavior-lab/experiments/model-folder';
import { runExperiment } from 'behavior-lab/experiments/run-experiment';
import type { RunRecord } from 'behavior-lab/experiments/run-record';
import { createModel, modelScorer } from 'behavior-lab/experiments/sequence-model';
import { publishedThreads, startBackend, threadsFromEnvironment } from 'behavior-lab/nn/backend';
import { leaveOneOut } from 'behavior-lab/preprocessing/leave-one-out';
import { describeRules } from 'behavior-lab/preprocessing/cleaning/rules';
import { rowsOf } from 'behavior-lab/preprocessing/splits/split';
import type { SplitSequences } from 'behavior-lab/preprocessing/splits/split-sequences';
import { latestAgain } from 'behavior-lab/recommendation/latest-again';
import { markov } from 'behavior-lab/recommendation/markov';
import { countItems, popularity } from 'behavior-lab/recommendation/popularity';
import { terminalProgress } from 'behavior-lab/training/progress-bar';
import { runCommand, wholeNumber } from './command-line';
import { finishedRun, withoutFolder } from './committed-run';
import { dataSets, type DataSetPage } from './data-sets/catalogue';
import { settingsFor } from './data-sets/settings';

const usage = `Measure the same models on real data of many kinds, under the same protocol, and write one table.

  npm run data-sets [-- --only NAME,NAME] [--baselines] [--threads N]

Popularity, the latest items again, a Markov chain, SASRec untrained and SASRec trained, one setting for all sets, on
${dataSets.map(({ name }) => name).join(', ')}.
Runs are kept in runs/data-sets/NAME: one that was interrupted (Ctrl-C) goes on, one that is finished is read.
run.json, result.json and the places of all test items go to figures/data-sets/NAME; the table beside it is made again.
  --baselines   train nothing: where no training is finished the baselines stand alone
A set that is not there is named and left out: get it by npm run data, or name the folder above it in BEHAVIOR_LAB_DATA.
Threads: TF_NUM_INTRAOP_THREADS, or ${publishedThreads} on every machine.
`;

const options = {
  only: { type: 'string' },
  baselines: { type: 'boolean' },
  threads: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const results = join('figures', 'data-sets');
const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

runCommand(usage, options, async (values) => {
  const pages = chosen(values.only);
  const threads = wholeNumber('--threads', values.threads, threadsFromEnvironment() ?? publishedThreads);
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  for (const page of pages) {
    const file = findData(page.paths);
    if (file === null) {
      say(`${page.name}: left out, ${page.paths.join(' or ')} is not there.`);
      continue;
    }
    say(`${page.name}:`);
    const folder = join('runs', 'data-sets', page.name);
    const settings = settingsFor(page, file);
    const watcher = { onProgress: terminalProgress(), say, threads, signal: interrupt.signal };
    const record =
      finishedRun(folder, settings) ??
      (values.baselines ? null : await runExperiment(settings, folder, watcher));
    if (record && record.status !== 'finished') return say('Stopped. The same command goes on.');
    await keep(page, { file, folder, record, threads });
    writeTable();
  }
  process.stdout.write(`${join(results, 'README.md')}\n`);
});

function chosen(only: string | undefined): readonly DataSetPage[] {
  if (only === undefined) return dataSets;
  return only.split(',').map((name) => {
    const page = dataSets.find((each) => each.name === name);
    if (page) return page;
    const names = dataSets.map((each) => each.name).join(', ');
    throw new InputError(`there is no set '${name}'.`, `Choose of ${names}.`);
  });
}

interface MeasuredSet {
  readonly file: string;
  readonly folder: string;
  /** Null where nothing was trained. */
  readonly record: RunRecord | null;
  readonly threads: number;
}

/** Ask all models, and write down what is committed of a set, unless that stands there already. */
async function keep(page: DataSetPage, { file, folder, record, threads }: MeasuredSet): Promise<void> {
  const into = join(results, page.name);
  const kept = join(into, 'run.json');
  const own = record && withoutFolder(record);
  if (own === null && existsSync(join(into, 'result.json'))) return;
  if (own && existsSync(kept) && (readJson(kept, 'Delete it.') as RunRecord).startedAt === own.startedAt)
    return;
  await startBackend({ threads });
  const settings = settingsFor(page, file);
  const { sequences, source } = await loadData(settings.data);
  const split = leaveOneOut(sequences);
  const { encoder, config, length, training } = settings;
  const untrained = createModel(sequences.vocabulary, { encoder, config, length, seed: training.seed });
  const nothing = { loss: null, seed: null };
  const models: AskedModel[] = [
    { scorer: popularity(countItems(split)), ...nothing },
    { scorer: latestAgain(sequences.vocabulary.itemIds.length), ...nothing },
    { scorer: markov(sequences, rowsOf(split, 'training')), ...nothing },
    { scorer: modelScorer(untrained, 'untrained SASRec'), loss: null, seed: training.seed },
  ];
  if (record)
    models.push({
      scorer: modelScorer(loadModel(folder), 'SASRec'),
      loss: record.results.at(-1)!.metrics[0]!.protocol.loss,
      seed: training.seed,
    });
  const cut = describeRules(settings.data.cleaning ?? {});
  const questions = askNextItem(models, split, { ...source, name: basename(source.name) }, { cut });
  const { name, title, behavior, note, maxEpochs } = page;
  const course = record?.training;
  const result: DataSetResult = {
    name,
    title,
    behavior,
    note,
    data: dataCharacteristics(sequences),
    questions: withoutRanks(questions),
    training: course ? { bestEpoch: course.bestEpoch, epochs: course.history.length } : null,
    maxEpochs,
  };
  mkdirSync(into, { recursive: true });
  writeJson(join(into, 'result.json'), result);
  // No time in the header: the same ranks give the same bytes.
  const ranks = gzipSync(Buffer.from(ranksOf(questions, split)), { level: 9 });
  replaceFile(join(into, 'ranks.csv.gz'), [ranks]);
  if (own) writeJson(kept, own);
}

/** The places stand in ranks.csv.gz. */
const withoutRanks = ({ newItem, anyItem, repeatShare }: NextItemQuestions): NextItemQuestions => {
  const bare = (question: NextItemQuestions['anyItem']): NextItemQuestions['anyItem'] => ({
    ...question,
    users: [],
    answers: question.answers.map((answer) => ({ ...answer, ranks: [] })),
  });
  return { newItem: newItem && bare(newItem), anyItem: bare(anyItem), repeatShare };
};

/** A line a user and question: the place of the test item by each model. */
function ranksOf({ newItem, anyItem }: NextItemQuestions, { sequences }: SplitSequences): string {
  const lines = Object.entries({ newItem, anyItem }).flatMap(([name, question]) =>
    (question?.users ?? []).map((user, row) =>
      [name, sequences.userIds[user]!, ...question!.answers.map(({ ranks }) => ranks[row]!)].join(','),
    ),
  );
  const head = ['question', 'user', ...anyItem.answers.map(({ name }) => name)].join(',');
  return `${head}\n${lines.join('\n')}\n`;
}

function writeTable(): void {
  const found = dataSets.flatMap(({ name }) => {
    const file = join(results, name, 'result.json');
    return existsSync(file) ? [readJson(file, 'Delete it.') as DataSetResult] : [];
  });
  const missing = dataSets.filter(({ name }) => !found.some((own) => own.name === name));
  const usual = ['popularity', 'Markov', 'untrained SASRec', 'SASRec'];
  const text = `# One protocol, data of many kinds

Written by \`npm run data-sets\`; do not edit.

Leave-one-out, equal times in the order of the file, full ranking, ties by index; of SASRec one setting for all sets, fixed before the
first run (width 64, 2 blocks, 2 heads, 50 events, dropout .3, AdamW at .002, batches of 128, cross-entropy over all items, seed 1, stopped
after 10 epochs without a better validation NDCG@10, at most as many epochs as the last table says). That validation
excludes seen items, whatever is asked afterwards. No set got settings of its own: better numbers of each can be had. Each cell is HR@10 / NDCG@10, with intervals of 95 % over users; the largest NDCG@10 of a line is bold. Numbers of
two sets cannot be compared with each other: they have other users and other items.

## The data

${characteristicsTable(found)}

${found.map(({ title, note }) => `- ${title}: ${note}`).join('\n')}

## Which new item is next

Users whose last item is new to them; what they had used before is no candidate.

${answersTable(found, 'newItem', usual)}

## Which item is next, new or not

All users; all items are candidates, also those used before. Where nobody comes back to an item, seen items only stand in the way.

${answersTable(found, 'anyItem', ['popularity', 'latest again', 'Markov', 'untrained SASRec', 'SASRec'])}

## The trainings

| set | epochs | best | at most | test items seen before |
| --- | --- | --- | --- | --- |
${found.map(({ title, training, maxEpochs, questions }) => `| ${title} | ${training?.epochs ?? 'not trained yet'} | ${training?.bestEpoch ?? '-'} | ${maxEpochs} | ${(100 * questions.repeatShare).toFixed(0)} % |`).join('\n')}
${missing.length > 0 ? `\nNot measured yet: ${missing.map(({ title }) => title).join(', ')}.\n` : ''}`;
  replaceFile(join(results, 'README.md'), [Buffer.from(text)]);
}
