import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeJson } from './model-folder';
import { earlierRecord, type ExperimentSettings } from './run-experiment';
import { claimRun } from './run-process';
import { outputName, settingsName } from './run-status';

const projectFolder = resolve(__dirname, '..', '..');

/**
 * Start an experiment that goes on when this process ends: a closed tab, a restarted kernel, a closed terminal.
 *
 * It is the experiment of `npm run experiment`, in a process of its own with the current source of `lib/`. What it
 * prints goes to `log.txt` in its folder, its course to `progress.ndjson`. `watchRun` follows it, `stopRun` stops it. On
 * the folder of an interrupted or dead run with the same settings it goes on where that one stood.
 *
 * @param folder where the run shall lie; made if need be. A relative name of the data file counts from the project's folder
 * @param options.threads of the backend; default: see `startRunBackend`. An interrupted run keeps those it began with
 * @returns the number of the process
 * @throws InputError when a process works on that run already, it is finished, or it was begun with other settings
 *
 * @example
 * startRun({ data: { file: 'my-log.csv', format: 'pairs' }, encoder: 'lstm', config: {}, length: 50,
 *   training: { ...trainingDefaults, maxEpochs: 200 } }, 'runs/long');
 * await watchRun('runs/long');
 */
export function startRun(
  settings: ExperimentSettings,
  folder: string,
  options: { readonly threads?: number } = {},
): number {
  mkdirSync(folder, { recursive: true });
  claimRun(folder)(); // refused before anything of a living run is overwritten
  const before = earlierRecord(folder, settings);
  writeJson(join(folder, settingsName), settings);
  const output = openSync(join(folder, outputName), 'a');
  try {
    const child = spawn(
      process.execPath,
      [
        ...['-r', 'ts-node/register/transpile-only', join(projectFolder, 'scripts', 'experiment.ts')],
        ...['--resume', resolve(folder)],
      ],
      // A session of its own: neither the terminal's Ctrl-C nor the end of a kernel reaches it.
      {
        cwd: projectFolder,
        detached: true,
        stdio: ['ignore', output, output],
        env: environment(before !== undefined, options.threads),
      },
    );
    child.on('error', () => {}); // it has no number then: see below
    if (child.pid === undefined) throw new Error('startRun: the process could not be started');
    try {
      claimRun(folder, child.pid);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
    child.unref();
    return child.pid;
  } finally {
    closeSync(output);
  }
}

/** A started backend writes its own settings into this process's environment: a resumed run must not inherit them. */
function environment(isResumed: boolean, threads: number | undefined): NodeJS.ProcessEnv {
  const env = { ...process.env };
  if (isResumed) delete env['TF_ENABLE_ONEDNN_OPTS'];
  if (isResumed || threads !== undefined) {
    delete env['TF_NUM_INTRAOP_THREADS'];
    delete env['TF_NUM_INTEROP_THREADS'];
  }
  if (!isResumed && threads !== undefined) env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  return env;
}
