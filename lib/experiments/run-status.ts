import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../base/errors';
import { isAlive, processOf, type RunProcess } from './run-process';
import type { RunRecord } from './run-record';

/** What a background run prints. */
export const outputName = 'log.txt';
/** What a background run shall do. */
export const settingsName = 'settings.json';

/**
 * What has become of a run: `starting` (reads its data), `training` (first the baselines are measured), `finished`, `interrupted` on
 * request, or `died`: its process is gone, and it was not asked to stop.
 */
export interface RunStatus {
  readonly state: 'starting' | 'training' | 'finished' | 'interrupted' | 'died';
  /** Who works on it; null when nobody does. */
  readonly process: RunProcess | null;
  readonly record: RunRecord | null;
  /** The last lines that a background run has printed. */
  readonly output: readonly string[];
}

/**
 * Look at a run through its folder, from any process.
 *
 * @throws InputError when there is no run in the folder
 */
export function runStatus(folder: string): RunStatus {
  // Who first, then what: a run that ends in between has written its last word by then.
  const holder = processOf(folder);
  const worker = holder && isAlive(holder) ? holder : null;
  const file = join(folder, 'run.json');
  const record = existsSync(file) ? readRecord(file) : null;
  if (!record && !holder && !existsSync(join(folder, settingsName))) {
    throw new InputError('there is no run in this folder.', 'Name the folder of a run.', { file: folder });
  }
  const common = { process: worker, record, output: lastLines(join(folder, outputName)) };
  if (record?.status === 'finished') return { state: 'finished', ...common };
  if (worker) {
    return { state: record?.status === 'training' ? 'training' : 'starting', ...common };
  }
  return { state: record?.status === 'interrupted' ? 'interrupted' : 'died', ...common };
}

/** What a run's end means and what to do next, in one or two sentences; null while it goes on. */
export function runEnding(
  folder: string,
  { state, record, output }: Pick<RunStatus, 'state' | 'record' | 'output'>,
): string | null {
  const goOn = `Go on with: npm run experiment -- --resume ${folder}`;
  switch (state) {
    case 'finished': {
      const { bestEpoch = 0, history = [] } = record?.training ?? {};
      return `Finished: best epoch ${bestEpoch} of ${history.length}. Everything is in ${folder}`;
    }
    case 'interrupted':
      return `Stopped after ${record?.training?.history.length ?? 0} epochs, with a checkpoint. ${goOn}`;
    case 'died': {
      const said =
        output.length > 0 ? ` It last said:\n${output.map((line) => `  ${line}`).join('\n')}\n` : ' ';
      return `The run died: its process is gone, and it had not finished.${said}${goOn}`;
    }
    case 'starting':
    case 'training':
      return null;
  }
}

function readRecord(file: string): RunRecord {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunRecord;
  } catch (error) {
    throw new InputError(`this is not JSON (${(error as Error).message}).`, 'Delete the folder.', { file });
  }
}

/** The last lines of a file; of a line that was drawn again and again (\r) its last state. */
function lastLines(file: string, most = 10): string[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.replace(/\r$/, '').split('\r').at(-1)!)
    .filter((line) => line.trim() !== '')
    .slice(-most);
}
