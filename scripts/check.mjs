// Every check of the project, in one command: `npm test`, which is what CI runs. All of them run, also after a failure;
// the last line counts what passed and what failed.
import fs from 'node:fs';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { projectFolder } from './setup/folders.mjs';
import { readRecord } from './setup/record.mjs';
import { seconds } from './setup/reporter.mjs';

const reportFolder = path.join(projectFolder, '.lab', 'check');
const program = (/** @type {string[]} */ ...parts) => path.join(projectFolder, 'node_modules', ...parts);

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {string[]} command arguments of node
 * @property {string} [report] what vitest writes of it: its tests are counted, and not the check as one
 */

/** Notebooks have a limit of time, which is that of a reader whose machine does nothing else. */
const smoke = 'test/notebooks/smoke.test.ts';

/**
 * @param {string} name
 * @param {string} file
 * @param {readonly string[]} which
 * @returns {Check}
 */
function testsOf(name, file, which) {
  const report = path.join(reportFolder, file);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return { name, report, command: [program('vitest', 'vitest.mjs'), 'run', ...which, ...reporters] };
}

/** @type {readonly Check[]} */
const checks = [
  {
    name: 'format',
    command: [program('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  },
  { name: 'lint', command: [program('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0'] },
  { name: 'types', command: [program('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json'] },
  {
    name: 'types of the scripts',
    command: [program('typescript', 'bin', 'tsc'), '-p', 'tsconfig.scripts.json'],
  },
  { name: 'types of the notebooks', command: [path.join('scripts', 'notebooks', 'check-types.mjs')] },
  testsOf('tests', 'tests.json', ['--exclude', smoke]),
  testsOf('notebooks', 'notebooks.json', [smoke]),
];

/**
 * @param {Check} check
 * @returns {Promise<boolean>}
 */
function passes({ command }) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, {
      cwd: projectFolder,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL ?? '2' },
    });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
}

/**
 * How many tests ran, by vitest's own report. A file that could not be read counts as one failure.
 *
 * @param {any} report
 * @param {boolean} hasPassed
 */
export function countTests(report, hasPassed) {
  if (report === null) return { passed: 0, failed: 1, skipped: 0 };
  const brokenFiles = report.testResults.filter(
    (/** @type {any} */ file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  return {
    passed: report.numPassedTests,
    // An unhandled error outside every test fails the run as well.
    failed: failed === 0 && !hasPassed ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

async function main() {
  fs.rmSync(reportFolder, { recursive: true, force: true });
  fs.mkdirSync(reportFolder, { recursive: true });
  const totals = { passed: 0, failed: 0, skipped: 0 };
  /** @type {string[]} */
  const summary = [];
  for (const check of checks) {
    const startMs = performance.now();
    console.log(`\n== ${check.name}`);
    const ok = await passes(check);
    const counts =
      check.report !== undefined
        ? countTests(readRecord(check.report), ok)
        : { passed: Number(ok), failed: Number(!ok), skipped: 0 };
    totals.passed += counts.passed;
    totals.failed += counts.failed;
    totals.skipped += counts.skipped;
    const line = `${ok ? 'ok    ' : 'FAILED'} ${check.name.padEnd(24)} ${seconds(performance.now() - startMs)}`;
    console.log(line);
    summary.push(line);
  }
  console.log(`\n${summary.join('\n')}\n`);
  console.log(
    `${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}`,
  );
  if (totals.failed > 0) process.exitCode = 1;
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fs.realpathSync(new URL(import.meta.url)))
  await main();
