import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from 'behavior-lab/base/errors';
import { rowOf } from 'behavior-lab/base/matrix';
import { replaceFile } from 'behavior-lab/base/replace-file';
import { describeData, loadData, type DataSettings } from 'behavior-lab/experiments/load-data';
import { loadModel, readJson } from 'behavior-lab/experiments/model-folder';
import { predict } from 'behavior-lab/experiments/predict';
import type { ExperimentSettings } from 'behavior-lab/experiments/run-experiment';
import type { RunRecord } from 'behavior-lab/experiments/run-record';
import { startBackend } from 'behavior-lab/nn/backend';
import { codeSide, columnsFor, type ChannelName } from 'behavior-lab/preprocessing/side/side-information';
import { runCommand, wholeNumber } from './command-line';
import { dataOptions, dataUsage, readBesideOptions, readDataOptions, refuseBeside } from './data-options';

const usage = `Recommend to users, also to users never seen, from a finished run. Needs no training data.

  npm run predict -- --run DIR --data FILE [--format FORMAT ...] [--n N] [--out DIR]

  --run DIR        folder of a finished run (npm run experiment)
  --n N            items a user (default 10)
  --out DIR        write recommendations.csv (user, items best first) and vectors.csv (user, numbers) there;
                   without it the recommendations go to standard output; blanks within an item are written %20

Without --format the file is read as that of the run was, of the same behaviours; nothing else is cleaned. --users and --friends then
name the profiles of these users and who are friends, where the model reads that.

${dataUsage}`;

const options = {
  run: { type: 'string' },
  ...dataOptions,
  n: { type: 'string' },
  out: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

runCommand(usage, options, async ({ run, n, out, ...data }) => {
  if (!run) throw new InputError('--run is missing.', 'Name the folder of a finished run.');
  const source = data.format === undefined ? asTheRun(run, data) : readDataOptions(data);
  const count = wholeNumber('--n', n, 10);
  await startBackend();
  const model = loadModel(run);
  const { codes } = model.side ?? {};
  refuseBeside(data, ['items'], 'the model keeps what it knows of items');
  if (Object.keys(codes?.profile ?? {}).length === 0)
    refuseBeside(data, ['users'], 'the model reads no profiles');
  if (!codes?.friends) refuseBeside(data, ['friends'], 'the model reads nothing of friends');
  const channels = Object.keys(codes?.channels ?? {}) as ChannelName[];
  const loaded = await loadData(source, {
    vocabulary: model.vocabulary,
    ...(codes && { columns: columnsFor({ channels }) }),
  });
  const sequences = codes ? codeSide(loaded.sequences, codes) : loaded.sequences;
  const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
  for (const note of describeData(loaded)) say(note);
  const { userIds, items, vectors, unknownUsers } = predict(model, sequences, { n: count });
  if (unknownUsers.length > 0)
    say(`${unknownUsers.length} users left out: none of their items is known to the model.`);
  const finished = items.filter((list) => list.length === 0).length;
  if (finished > 0) say(`${finished} users have an empty list: they know every item of the model.`);
  const lists = [
    'user,items',
    ...items.map((list, user) => `${quote(userIds[user]!)},${quote(list.map(withoutBlanks).join(' '))}`),
  ];
  if (out === undefined) {
    process.stdout.write(`${lists.join('\n')}\n`);
    return;
  }
  mkdirSync(out, { recursive: true });
  const write = (name: string, lines: readonly string[]): void =>
    replaceFile(join(out, name), [Buffer.from(`${lines.join('\n')}\n`)]);
  write('recommendations.csv', lists);
  const header = ['user', ...Array.from({ length: vectors.columns }, (_, column) => `x${column}`)].join(',');
  const rows = userIds.map((userId, user) => [quote(userId), ...rowOf(vectors, user)].join(','));
  write('vectors.csv', [header, ...rows]);
  say(`${userIds.length} users: recommendations.csv and vectors.csv are in ${out}`);
});

/** How the file of the run was read, for another file. */
function asTheRun(
  run: string,
  { data: file, items, users, friends, ...others }: Parameters<typeof readDataOptions>[0],
): DataSettings {
  if (!file) throw new InputError('--data is missing.', 'Name a file of events.');
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw new InputError(`--${other} goes with --format.`, 'Give --format too, or neither.');
  }
  const record = readJson(join(run, 'run.json'), 'Give --format.') as RunRecord;
  const {
    cleaning,
    itemsFile: _,
    usersFile: __,
    friendsFile: ___,
    ...reading
  } = (record.settings as ExperimentSettings).data;
  const behaviors = cleaning?.behaviors;
  const beside = readBesideOptions({ items, users, friends });
  return { ...reading, file, ...beside, ...(behaviors && { cleaning: { behaviors } }) };
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Items of a list are separated by blanks, so those within an id are written as in `ranks.csv`. */
function withoutBlanks(itemId: string): string {
  return itemId.replace(/\s/g, encodeURIComponent);
}
