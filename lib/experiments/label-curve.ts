import type { Matrix } from '../base/matrix';
import { createRng, type Rng } from '../base/random';
import { disposeTree } from '../base/tree';
import { auroc } from '../evaluation/auroc';
import { stratifiedFolds } from '../evaluation/stratified-folds';
import {
  fineTune,
  fineTuneDefaults,
  labelProbabilities,
  type FineTuneMethod,
  type FineTuning,
} from './fine-tune';
import type { LabelledUsers } from './learning/classifying';
import { probeRows } from './probe';
import type { SequenceModel } from './sequence-model';

/** What a label-scarce curve asks. Plain data. */
export interface LabelCurveSettings {
  /** Of the users who are not tested, the shares whose label is known: above 0, up to 1. */
  readonly shares: readonly number[];
  /** Draws of tested and labelled users, from 1. Each five draws test every user once. */
  readonly draws: number;
  readonly methods: readonly FineTuneMethod[];
  /** What differs from `fineTuneDefaults` of each method. */
  readonly tuning?: Partial<Omit<FineTuning, 'method' | 'seed' | 'rank'>> & { readonly rank?: number };
  readonly seed: number;
}

/** How one rival did at one share in one draw. */
export interface LabelCurvePoint {
  /** A method of fine-tuning, or what a logistic regression read. */
  readonly name: string;
  readonly share: number;
  readonly draw: number;
  /** Users whose label was known. */
  readonly labelled: number;
  /** Share of right answers among the tested users. */
  readonly accuracy: number;
  /** Area under the ROC curve; null for three classes and more. */
  readonly auroc: number | null;
}

/** Vectors or features, a row a user, that a logistic regression reads. */
export interface LabelRival {
  readonly name: string;
  readonly vectors: Matrix;
}

/** Users are dealt into so many folds, of which a draw tests one. */
const folds = 5;

/**
 * How well a label is learned from few labels: by fine-tuning a model in several ways, and by logistic regression on what stands beside
 * it, all from the same labelled users and tested on the same others.
 *
 * A draw keeps one fold of five for the test (stratified), and of the others draws the labelled ones, exactly the share asked for, but
 * two of each class at least. Epochs and penalties are chosen among the labelled users alone.
 *
 * @param rivals baselines: hand-made features, the vectors of an untrained model; the majority is always among the points
 * @param run.known points of an earlier, interrupted call with the same arguments: they are not computed again
 * @returns points in the order of draws, shares and rivals
 * @throws RangeError when a share is out of range, `draws` is no whole number from 1, or vectors do not fit the users
 */
export async function labelCurve(
  model: SequenceModel,
  users: LabelledUsers,
  rivals: readonly LabelRival[],
  settings: LabelCurveSettings,
  run: {
    readonly known?: readonly LabelCurvePoint[];
    readonly onPoint?: (point: LabelCurvePoint) => void;
    readonly signal?: AbortSignal;
  } = {},
): Promise<LabelCurvePoint[]> {
  const { shares, draws, methods, seed } = settings;
  if (!Number.isInteger(draws) || draws < 1) {
    throw new RangeError(`labelCurve: draws must be a whole number from 1, got ${draws}`);
  }
  for (const { name, vectors } of rivals) {
    if (vectors.rows === users.histories.length) continue;
    throw new RangeError(`labelCurve: ${name} has ${vectors.rows} rows for ${users.histories.length} users`);
  }
  const labels = Array.from(users.labels);
  const rng = createRng(seed).child('label-curve');
  const points: LabelCurvePoint[] = [];
  const pointOf = async (
    place: Pick<LabelCurvePoint, 'name' | 'share' | 'draw' | 'labelled'>,
    measure: () => Promise<Pick<LabelCurvePoint, 'accuracy' | 'auroc'>>,
  ): Promise<void> => {
    if (run.signal?.aborted) return;
    const isSame = (own: LabelCurvePoint): boolean =>
      own.name === place.name && own.share === place.share && own.draw === place.draw;
    const known = run.known?.find(isSame);
    const point = known ?? { ...place, ...(await measure()) };
    if (run.signal?.aborted && !known) return; // it may have been cut short
    points.push(point);
    if (!known) run.onPoint?.(point);
  };
  for (let draw = 0; draw < draws; draw++) {
    const round = Math.floor(draw / folds);
    const foldOf = stratifiedFolds(labels, folds, rng.child('folds', round));
    const rowsWhere = (isTest: boolean): Int32Array =>
      Int32Array.from(foldOf.keys()).filter((row) => (foldOf[row] === draw % folds) === isTest);
    const [others, test] = [rowsWhere(false), rowsWhere(true)];
    const isRight = Array.from(test, (row) => labels[row]!);
    for (const share of shares) {
      const train = drawLabelled(labels, others, share, rng.child('labelled', draw));
      const place = { share, draw, labelled: train.length };
      await pointOf({ name: 'majority', ...place }, () => Promise.resolve(majorityOf(labels, train, test)));
      for (const { name, vectors } of rivals) {
        await pointOf({ name, ...place }, () =>
          Promise.resolve(probeRows(vectors, labels, { train, test, rng: rng.child('inner', draw) })).then(
            ({ accuracy, auroc }) => ({ accuracy, auroc }),
          ),
        );
      }
      for (const method of methods) {
        await pointOf({ name: method, ...place }, async () => {
          const { rank, ...tuning } = settings.tuning ?? {};
          const tuned = await fineTune(
            model,
            {
              histories: Array.from(train, (row) => users.histories[row]!),
              labels: Array.from(train, (row) => labels[row]!),
            },
            {
              ...fineTuneDefaults(method),
              ...tuning,
              ...(method === 'low-rank' && rank !== undefined && { rank }),
              seed: seed + draw,
            },
            run.signal ? { signal: run.signal } : {},
          );
          const { columns: K, values } = labelProbabilities(
            tuned,
            Array.from(test, (row) => users.histories[row]!),
          );
          disposeTree(tuned.model.params);
          disposeTree(tuned.head);
          const of = (at: number): Float32Array => values.subarray(at * K, (at + 1) * K);
          const right = isRight.filter((label, at) => of(at).indexOf(Math.max(...of(at))) === label).length;
          return {
            accuracy: right / test.length,
            auroc:
              K === 2
                ? auroc(
                    isRight.map((_, at) => of(at)[1]!),
                    isRight,
                  )
                : null,
          };
        });
      }
    }
  }
  return points;
}

/**
 * Draw the users whose label is known: exactly a share of them, rounded, but two of each class at least.
 *
 * A larger share holds all users of a smaller one drawn with the same `rng`.
 *
 * @param rows  the users to draw from
 * @param share above 0, up to 1
 * @returns ascending
 * @throws RangeError when the share is out of range
 */
export function drawLabelled(
  labels: ArrayLike<number>,
  rows: Int32Array,
  share: number,
  rng: Rng,
): Int32Array {
  if (!(share > 0 && share <= 1)) {
    throw new RangeError(`drawLabelled: share must be above 0 and at most 1, got ${share}`);
  }
  const order = rng.shuffle(rows.slice());
  const seen = new Map<number, number>();
  const [first, rest]: [number[], number[]] = [[], []];
  for (const row of order) {
    const count = (seen.get(labels[row]!) ?? 0) + 1;
    seen.set(labels[row]!, count);
    (count <= 2 ? first : rest).push(row);
  }
  const count = Math.max(first.length, Math.round(share * rows.length));
  return Int32Array.from([...first, ...rest].slice(0, count)).sort();
}

function majorityOf(
  labels: readonly number[],
  train: Int32Array,
  test: Int32Array,
): Pick<LabelCurvePoint, 'accuracy' | 'auroc'> {
  const counts = new Map<number, number>();
  for (const row of train) counts.set(labels[row]!, (counts.get(labels[row]!) ?? 0) + 1);
  const [[majority]] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]) as [[number, number]];
  const right = test.filter((row) => labels[row] === majority).length;
  return { accuracy: right / test.length, auroc: new Set(labels).size === 2 ? 0.5 : null };
}

/** Mean and spread of a rival at each share. */
export interface LabelCurveLine {
  readonly name: string;
  readonly shares: readonly number[];
  /** Mean over the draws: of the areas for two classes, else of the accuracies. */
  readonly means: readonly number[];
  /** Standard deviation over the draws; 0 for one draw. */
  readonly deviations: readonly number[];
}

/** Sum points up, a line a rival, in the order in which rivals first occur. */
export function curveLines(points: readonly LabelCurvePoint[]): LabelCurveLine[] {
  const names = [...new Set(points.map(({ name }) => name))];
  const shares = [...new Set(points.map(({ share }) => share))].sort((a, b) => a - b);
  return names.map((name) => {
    const valuesAt = shares.map((share) =>
      points
        .filter((own) => own.name === name && own.share === share)
        .map(({ auroc: area, accuracy }) => area ?? accuracy),
    );
    const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
    return {
      name,
      shares,
      means: valuesAt.map(mean),
      deviations: valuesAt.map((values) =>
        values.length < 2
          ? 0
          : Math.sqrt(values.reduce((sum, x) => sum + (x - mean(values)) ** 2, 0) / (values.length - 1)),
      ),
    };
  });
}
