import { hostname } from 'node:os';
import { InputError } from '../base/errors';
import { isAlive, processOf } from './run-process';
import { runStatus, type RunStatus } from './run-status';

/**
 * Stop a run after the step at hand, with a checkpoint, and wait until its process is gone.
 *
 * @param waitMs how long at most
 * @returns its status then
 * @throws InputError when nobody works on it, its process runs on another machine, or does not end in time
 */
export async function stopRun(folder: string, waitMs = 60_000): Promise<RunStatus> {
  const worker = processOf(folder);
  if (!worker || !isAlive(worker)) {
    throw new InputError(
      `nobody works on this run; it is ${runStatus(folder).state}.`,
      'There is nothing to stop.',
      {
        file: folder,
      },
    );
  }
  if (worker.host !== hostname()) {
    throw new InputError(
      `the run's process is on the machine ${worker.host}.`,
      `Stop it there: kill -INT ${worker.pid}`,
      { file: folder },
    );
  }
  process.kill(worker.pid, 'SIGINT');
  const until = performance.now() + waitMs;
  while (isAlive(worker)) {
    if (performance.now() > until) {
      throw new InputError(
        `process ${worker.pid} has not stopped within ${Math.round(waitMs / 1000)} s.`,
        `Wait longer, or end it at once by kill -9 ${worker.pid}; its last finished epoch is saved.`,
        { file: folder },
      );
    }
    await new Promise((wake) => setTimeout(wake, 100));
  }
  return runStatus(folder);
}
