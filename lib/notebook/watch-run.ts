import { join } from 'node:path';
import { runEnding, runStatus, type RunStatus } from '../experiments/run-status';
import { progressLine } from '../training/progress-bar';
import { followRunLog, runLogName } from '../training/run-log';
import { progressCell } from './progress-cell';
import { stopSignal } from './stop-signal';
import { liveCurves, type TrainingCellOptions } from './training-cell';

const lookEveryMs = 500;

export interface WatchOptions extends TrainingCellOptions {
  /** `false`: show how far it is, and do not wait. */
  readonly follow?: boolean;
}

/**
 * Show a run under the cell, whoever started it: the line with the time left, and the curves so far; and follow it until
 * it ends. An interrupt of the cell ends the watching, not the run.
 *
 * @param folder of a run by `startRun` or `npm run experiment`
 * @returns how it stands
 * @throws InputError when there is no run in the folder
 *
 * @example
 * await watchRun('runs/long'); // or, for one look: await watchRun('runs/long', { follow: false })
 */
export async function watchRun(
  folder: string,
  { follow = true, metric = 'validation NDCG@10', title = folder, file }: WatchOptions = {},
): Promise<RunStatus['state']> {
  const signal = stopSignal();
  const line = progressCell();
  const curves = liveCurves({ title, metric, ...(file !== undefined && { file }) });
  const readLog = followRunLog(join(folder, runLogName));
  for (;;) {
    const status = runStatus(folder);
    const { latest, stepsOfEpoch } = readLog();
    const ending = runEnding(folder, status);
    const history = latest?.history ?? [];
    const isOver = ending !== null;
    const state = {
      history,
      ...(latest &&
        !isOver && { atWork: { epoch: latest.epoch, steps: latest.steps, points: stepsOfEpoch } }),
    };
    const now =
      status.state === 'training' && latest
        ? progressLine(latest)
        : 'The run reads its data and measures the baselines ...';
    if (isOver || !follow || signal.aborted) {
      line.done(
        ending ??
          (follow
            ? `${now}\nNo longer watched; the run goes on. Watch it again: watchRun('${folder}')`
            : now),
      );
      await curves.done(state);
      return status.state;
    }
    line.update(now);
    curves.update(state);
    await new Promise((wake) => setTimeout(wake, lookEveryMs));
  }
}
