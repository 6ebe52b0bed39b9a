import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from 'behavior-lab/base/errors';
import { rowOf } from 'behavior-lab/base/matrix';
import { replaceFile } from 'behavior-lab/base/replace-file';
import { logFormats, readLog, type LogFormat, type ReadLogOptions } from 'behavior-lab/data/read-log';
import { loadModel } from 'behavior-lab/experiments/model-folder';
import { predict } from 'behavior-lab/experiments/predict';
import { startBackend } from 'behavior-lab/nn/backend';
import { runCommand, wholeNumber } from './command-line';

const usage = `Recommend to users, also to users never seen, from a finished run. Needs no training data.

  npm run predict -- --run DIR --data FILE [--format FORMAT] [--n N] [--out DIR]

  --run DIR        folder of a finished run (npm run experiment)
  --data FILE      events of the users; .gz is read directly
  --format FORMAT  ${logFormats.filter((format) => format !== 'csv').join(' | ')} (default pairs)
  --n N            items a user (default 10)
  --out DIR        write recommendations.csv (user, items best first) and vectors.csv (user, numbers) there;
                   without it the recommendations go to standard output
`;

const options = {
  run: { type: 'string' },
  data: { type: 'string' },
  format: { type: 'string', default: 'pairs' },
  n: { type: 'string' },
  out: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

runCommand(usage, options, async ({ run, data, format, n, out }) => {
  if (!run) throw new InputError('--run is missing.', 'Name the folder of a finished run.');
  if (!data) throw new InputError('--data is missing.', 'Name a file of events.');
  if (format === 'csv' || !logFormats.includes(format as LogFormat)) {
    throw new InputError(`--format is '${format}'.`, 'Choose pairs, sequences or recbole.');
  }
  const count = wholeNumber('--n', n, 10);
  await startBackend();
  const model = loadModel(run);
  const log = await readLog(data, { format } as ReadLogOptions);
  const { userIds, items, vectors, skipped, unknownUsers } = predict(model, log, { n: count });
  const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
  for (const { reason, rows } of skipped) say(`${rows} events left out: ${reason}.`);
  if (unknownUsers.length > 0)
    say(`${unknownUsers.length} users left out: none of their items is known to the model.`);
  const lists = [
    'user,items',
    ...items.map((list, user) => `${quote(userIds[user]!)},${quote(list.join(' '))}`),
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

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
