// Runs notebooks without a browser, and fails if a single cell of them does anything but succeed.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { findNotebooks } from './files.mjs';
import { jupyterEnvironment, python, root } from './jupyter.mjs';

const { staleBuild } = createRequire(import.meta.url)('../kernel/stale-build.cjs');

const help = `Run notebooks headless; any cell that fails, is skipped or aborted, or takes too long fails the run.

  npm run notebooks [-- NAME...] [options]

  NAME             '02', '02-encoder' or a path; without a name all notebooks run, in order
  --smoke          SMOKE=1: small numbers, some seconds a notebook; results go to .lab/smoke
  --out DIR        write the executed notebooks to DIR; without it they replace the committed ones
  --timeout SEC    longest time of one cell (default 3600; with --smoke 120)
  --within SEC     fail a notebook that takes longer than this, kernel start included
  --fail-fast      stop at the first notebook that fails
  --help           this text

A notebook that failed is never written over the committed one: its copy lies in .lab/failed.
`;

/** Outputs are committed: beyond this a notebook is slow to open and its diffs are unreadable. */
const maxBytes = 300_000;

function options() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      smoke: { type: 'boolean', default: false },
      out: { type: 'string' },
      timeout: { type: 'string' },
      within: { type: 'string' },
      'fail-fast': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const timeout = Number(values.timeout ?? (values.smoke ? 120 : 3600));
  if (!Number.isInteger(timeout) || timeout < 1) {
    throw new Error(`--timeout ${values.timeout}: give a whole number of seconds.`);
  }
  const within = Number(values.within ?? Infinity);
  if (!(within > 0)) throw new Error(`--within ${values.within}: give a number of seconds.`);
  return { ...values, timeout, within, names: positionals };
}

const indent = (text) => text.replace(/^/gm, '    ');
const seconds = (s) => `${s.toFixed(1)} s`;

/** Show the cell at work on one line that is overwritten; in a log, only finished notebooks are lines. */
function showCell(name, { number, of }) {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${name}: cell ${number} of ${of}`);
}

function printFailure({ kind, text, number, source }) {
  console.log(number === null ? `  ${kind}` : `  cell ${number} ${kind}`);
  if (source) console.log(`  source:\n${indent(source)}`);
  console.log(`  why:\n${indent(text)}`);
  if (kind === 'failed' && number !== null) {
    console.log('  (a cell that shows an error on purpose must catch it: after a failed cell no other runs)');
  }
}

/** Execute `source` into `target`. Answers the failure, or null. */
async function execute(source, target, { smoke, timeout }, onCell) {
  const script = join(root, 'scripts', 'notebooks', 'execute_notebook.py');
  const env = jupyterEnvironment({ SMOKE: smoke ? '1' : '' });
  const child = spawn(python(), [script, source, target, '--cwd', root, '--timeout', String(timeout)], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = () => child.kill('SIGINT');
  process.once('SIGINT', stop);
  let log = '';
  child.stderr.on('data', (chunk) => (log = `${log}${chunk}`.slice(-4000)));
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  let failure = null;
  let finished = false;
  let cells = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line);
    if (event.event === 'start') cells = event.cells;
    else if (event.event === 'failure') failure = event;
    else if (event.event === 'end') finished = true;
    else onCell(event);
  }
  const status = await ended;
  process.removeListener('SIGINT', stop);
  if (!failure && (!finished || status !== 0)) {
    failure = {
      kind: 'the runner itself failed',
      text: log || `exit status ${status}`,
      number: null,
      source: '',
    };
  }
  return { failure, cells };
}

/** Run one notebook and put its executed copy where it belongs. Answers whether it succeeded. */
async function run(source, settings) {
  const name = basename(source, '.ipynb');
  const folder = settings.out
    ? resolve(settings.out)
    : settings.smoke
      ? join(root, '.lab', 'smoke')
      : dirname(source);
  mkdirSync(folder, { recursive: true });
  const target = join(folder, `${name}.ipynb`);
  const beside = join(folder, `.${name}.${process.pid}.running`);
  const startedMs = performance.now();
  let slowest = { number: 0, seconds: 0 };
  if (process.stdout.isTTY) process.stdout.write(`${name}: starting the kernel`);
  try {
    const { failure, cells } = await execute(source, beside, settings, (cell) => {
      if (cell.seconds > slowest.seconds) slowest = cell;
      showCell(name, cell);
    });
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
    const took = (performance.now() - startedMs) / 1000;
    const bytes = failure?.kind === 'the runner itself failed' ? 0 : statSync(beside).size;
    const tooLarge = !settings.smoke && bytes > maxBytes;
    const tooSlow = took > settings.within;
    if (!failure && !tooLarge && !tooSlow) {
      renameSync(beside, target);
      const slow = slowest.number ? `, slowest cell ${slowest.number} (${seconds(slowest.seconds)})` : '';
      const size = `${Math.ceil(bytes / 1000)} kB`;
      console.log(
        `ok      ${name}: ${cells} cells in ${seconds(took)}${slow}, ${size} -> ${relative(root, target)}`,
      );
      return true;
    }
    console.log(`FAILED  ${name} after ${seconds(took)}`);
    if (failure) printFailure(failure);
    else if (tooSlow) {
      console.log(
        `  it may take ${settings.within} s. Slowest: cell ${slowest.number} (${seconds(slowest.seconds)}).`,
      );
      console.log('  Make the numbers behind SMOKE=1 smaller, or run on an idle machine.');
    } else {
      console.log(`  ${bytes} bytes with its outputs; the limit is ${maxBytes}.`);
      console.log('  Round numbers, draw fewer points, or save the figure to figures/ and link it.');
    }
    if (bytes > 0) {
      const kept = join(root, '.lab', 'failed', `${name}.ipynb`);
      mkdirSync(dirname(kept), { recursive: true });
      copyFileSync(beside, kept);
      console.log(`  the executed copy: ${relative(root, kept)}`);
    }
    return false;
  } finally {
    rmSync(beside, { force: true });
  }
}

async function main() {
  const settings = options();
  if (settings.help) {
    console.log(help);
    return 0;
  }
  const stale = staleBuild();
  if (stale) throw new Error(stale);
  const notebooks = findNotebooks(settings.names);
  for (const file of notebooks) JSON.parse(readFileSync(file, 'utf8'));
  const startedMs = performance.now();
  const failed = [];
  for (const file of notebooks) {
    if (await run(file, settings)) continue;
    failed.push(basename(file, '.ipynb'));
    if (settings['fail-fast']) break;
  }
  const took = seconds((performance.now() - startedMs) / 1000);
  if (failed.length > 0)
    console.log(`${failed.length} of ${notebooks.length} notebooks failed: ${failed.join(', ')} (${took})`);
  else console.log(`All ${notebooks.length} notebooks ran in ${took}.`);
  return failed.length > 0 ? 1 : 0;
}

main().then(
  (status) => (process.exitCode = status),
  (error) => {
    console.error(error.message);
    process.exitCode = 2;
  },
);
