import { learningCurves, type CurveNames, type CurveState } from '../experiments/learning-curves';
import type { StepPoint } from '../training/run-log';
import { progressLine } from '../training/progress-bar';
import type { TrainingProgress, TrainingResult } from '../training/train';
import { progressCell } from './progress-cell';
import { liveChart, type LiveChart } from './show';
import { stopSignal } from './stop-signal';

/** A drawing takes some hundredths of a second, which the training waits for. */
const drawEveryMs = 2000;

export interface TrainingCellOptions extends Partial<CurveNames> {
  /** Keep the curves as figures/NAME-loss.svg and figures/NAME-validation.svg. */
  readonly file?: string;
  /** Whether the curves stay when the training is over. Default true; false where the next cells draw them themselves. */
  readonly keep?: boolean;
}

/** What came out: of `train`, or of a run's record. */
export type CellResult = Pick<TrainingResult, 'history' | 'bestEpoch'> & { readonly stoppedBy: string };

/** What a training is handed so that its cell shows it. */
export interface TrainingCell {
  readonly onProgress: (progress: TrainingProgress) => void;
  /** Raised by an interrupt of the cell: the training stops after the step at hand. */
  readonly signal: AbortSignal;
  /** The last word, and the final curves. Tells an interrupted training from a finished one. */
  done(result: CellResult): Promise<void>;
}

/** Curves under a cell that are drawn anew as they grow. */
export function liveCurves({
  title = 'training',
  metric = 'validation',
  better = 'larger',
  file,
  keep = true,
}: TrainingCellOptions = {}): {
  update(state: CurveState): void;
  done(state: CurveState): Promise<void>;
} {
  if (!keep && file !== undefined) {
    throw new RangeError('trainingCell: curves that are not kept have no file');
  }
  const charts: Partial<Record<'loss' | 'validation', LiveChart>> = {};
  const curves = (state: CurveState) => {
    const drawn = learningCurves(state, { title, metric, better });
    return (['loss', 'validation'] as const).flatMap((name) => {
      const chart = drawn[name];
      return chart ? [{ name, chart, live: (charts[name] ??= liveChart()) }] : [];
    });
  };
  let drawnMs = -Infinity;
  return {
    update(state) {
      if (performance.now() - drawnMs < drawEveryMs) return;
      drawnMs = performance.now();
      for (const { chart, live } of curves(state)) live.update(chart);
    },
    async done(state) {
      if (!keep) {
        for (const live of Object.values(charts)) await live.remove();
        return;
      }
      for (const { name, chart, live } of curves(state)) {
        await live.done(chart, file === undefined ? {} : { file: `${file}-${name}` });
      }
    },
  };
}

/**
 * A cell that shows a training while it goes on: one line with the time left, and the curves of loss and validation.
 *
 * The curves are drawn anew at most every other second, and once more at the end.
 *
 * @example
 * const cell = trainingCell({ title: 'LSTM', metric: 'NDCG@10', file: '02-lstm' });
 * const result = await trainEncoder(model, split, settings, { folder, onProgress: cell.onProgress, signal: cell.signal });
 * await cell.done(result);
 */
export function trainingCell(options: TrainingCellOptions = {}): TrainingCell {
  const { metric = 'validation' } = options;
  const line = progressCell();
  const curves = liveCurves(options);
  let points: StepPoint[] = [];
  return {
    signal: stopSignal(),
    onProgress(progress) {
      const { epoch, step, steps, loss, history } = progress;
      line.update(progressLine(progress));
      if (step <= 1) points = [];
      if (step > 0) points.push({ step, loss });
      curves.update({ history, atWork: { epoch, steps, points } });
    },
    async done({ history, bestEpoch, stoppedBy }) {
      const bestRecord = history.find(({ epoch }) => epoch === bestEpoch);
      const best = bestRecord
        ? `; the best was ${bestEpoch}, with a ${metric} of ${bestRecord.validation.toFixed(4)}`
        : '';
      line.done(
        stoppedBy === 'interrupt'
          ? `stopped by the interrupt after ${history.length} epochs${best}. ` +
              'If it was given a folder, a checkpoint is there: run the cell again to go on.'
          : `trained ${history.length} epochs${stoppedBy === 'settled' ? ', until groups hardly changed' : ''}${best}`,
      );
      await curves.done({ history });
    },
  };
}
