import type { LineChart } from '../figures/chart';
import type { EpochRecord } from '../training/checkpoint';
import type { Better } from '../training/early-stopping';
import type { StepPoint } from '../training/run-log';
import type { TrainingProgress } from '../training/train';

/** Where a training stands, as far as its curves show it. */
export interface CurveState {
  readonly history: readonly EpochRecord[];
  /** The epoch at work, with the course of its loss; absent when the training is over. */
  readonly atWork?: Pick<TrainingProgress, 'epoch' | 'steps'> & { readonly points: readonly StepPoint[] };
}

/** What the charts are called. */
export interface CurveNames {
  /** What is trained: 'LSTM on MovieLens-100K'. */
  readonly title: string;
  /** The validation metric. */
  readonly metric: string;
  /** Which of its values are better; default `larger`. */
  readonly better?: Better;
}

/** A point a pixel is enough. */
const mostPoints = 300;

/**
 * The learning curves of a training: its loss, and its validation metric, over the epochs.
 *
 * The loss of an epoch stands at its number; the loss of the epoch at work, a mean over its steps so far, is drawn
 * towards it. A chart that would be empty is null.
 */
export function learningCurves(
  { history, atWork }: CurveState,
  { title, metric, better = 'larger' }: CurveNames,
): { readonly loss: LineChart | null; readonly validation: LineChart | null } {
  const epochs = history.map(({ epoch }) => epoch);
  const points = thinned(atWork?.points ?? []);
  const lossSeries = [
    ...(history.length > 0
      ? [{ name: 'mean of the epoch', x: epochs, y: history.map(({ loss }) => loss) }]
      : []),
    ...(atWork && points.length > 0
      ? [
          {
            name: 'epoch at work',
            x: points.map(({ step }) => atWork.epoch - 1 + step / Math.max(atWork.steps, 1)),
            y: points.map(({ loss }) => loss),
          },
        ]
      : []),
  ];
  const sign = better === 'larger' ? 1 : -1;
  const best = history.reduce<EpochRecord | undefined>(
    (found, record) => (found && sign * found.validation >= sign * record.validation ? found : record),
    undefined,
  );
  return {
    loss:
      lossSeries.length === 0
        ? null
        : {
            kind: 'line',
            title: `${title}: training loss`,
            x: { title: 'epoch' },
            y: { title: 'loss', unit: 'nats' },
            series: lossSeries,
          },
    validation:
      best === undefined
        ? null
        : {
            kind: 'line',
            title: `${title}: validation`,
            note: `best: ${best.validation.toFixed(4)} after epoch ${best.epoch}`,
            x: { title: 'epoch' },
            y: { title: metric },
            series: [{ name: metric, x: epochs, y: history.map(({ validation }) => validation) }],
          },
  };
}

/** At most so many points, evenly, the last one always among them. */
function thinned(points: readonly StepPoint[]): readonly StepPoint[] {
  const every = Math.ceil(points.length / mostPoints);
  return points.filter((_, i) => (points.length - 1 - i) % every === 0);
}
