// `npm start`: the tour's notebooks on real data, then a table of results, the figures written, and what to do next.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { allNotebooks } from './notebooks/files.mjs';
import { projectFolder } from './setup/folders.mjs';

const help = `npm start    set everything up, run the notebooks on real data, show what came out

The executed notebooks go to .lab/tour; the committed ones stay as they are. The encoder is trained once
(minutes) and kept in runs/; delete that folder to train it again.`;

/** @param {string[]} args */
function node(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: projectFolder, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** @param {string} folder @param {number} sinceMs */
function filesWrittenSince(folder, sinceMs) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => statSync(join(folder, name)).mtimeMs >= sinceMs);
}

let values;
try {
  ({ values } = parseArgs({ options: { help: { type: 'boolean' } } }));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${help}`);
  process.exit(1);
}
if (values.help) {
  console.log(help);
  process.exit(0);
}

/** Notebooks that train many models, need a model or data of their own, or go far into one thing: not for somebody's first look. */
const long = [
  '02b-transformers',
  '02c-self-supervision',
  '02c2-fine-tuning',
  '02c3-two-aims',
  '02d-graphs-and-social',
  '02e-text-and-features',
  '02e2-another-domain',
  '02f-as-printed',
  '03b-how-sure',
  '03c-patterns',
  '03d-deep-clustering',
  '03e-social-groups',
  '03g-other-ways',
  '04c-dynamic-metrics',
  '04d-ab-tests',
  '04e-the-ladder',
  '04f-generalisation',
  '04g-report',
  '05b-factorisation-family',
  '05c-cold-start-and-long-tail',
  '05d-search-and-ads',
  '05e-the-loop',
  '05f-tasks',
];
const tour = allNotebooks()
  .map((file) => basename(file, '.ipynb'))
  .filter((name) => !long.includes(name));

const startMs = Date.now();
console.log(
  `\nThe tour: the notebooks, on MovieLens-100K and a made-up shop log. The encoder is trained once.\nToo long for it, and run by \`npm run notebooks -- NAME\`: ${long.join(', ')}.\n`,
);
node(join('scripts', 'notebooks', 'run.mjs'), ...tour, '--out', join('.lab', 'tour'), '--fail-fast');

console.log('\nResults\n');
node('-r', 'ts-node/register/transpile-only', join('scripts', 'tour-results.ts'));

const figures = filesWrittenSince(join(projectFolder, 'figures'), startMs);
console.log(`\nFigures written: ${figures.length}, in figures/`);
for (const name of figures) console.log(`  figures/${name}`);
console.log(`
The executed notebooks are in .lab/tour. Next:
  npm run lab                          open the notebooks in JupyterLab, change a cell, run it again
  npm run experiment -- --help         train on your own file of events
  npm run predict -- --help            recommend to users from a finished run
  npm run doctor                       what this machine has, and what it lacks
  npm test                             every check`);
