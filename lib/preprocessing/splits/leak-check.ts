import { InputError } from '../../base/errors';
import { partBits, partsOfSplit, type EventParts } from './event-parts';
import { globalTimeline, type GlobalTimeline } from './global-timeline';
import { leakRules, type LeakKind } from './leak-rules';
import type { Split, SplitColumns } from './split';

/** One kind of leak that was found. */
export interface LeakFinding {
  readonly kind: LeakKind;
  /** How many events; users for `user-on-both-sides`, and of folds by user. */
  readonly count: number;
  /** The first of them: its position in the row of all events, or the user's number. */
  readonly first: number;
  /** What is wrong, in a sentence. */
  readonly message: string;
}

/** The rows that something was fitted on: a scaler, a vocabulary, price levels. */
export interface FittedRows {
  /** What was fitted, for the message. */
  readonly name: string;
  /** Positions in the row of all events. */
  readonly rows: ArrayLike<number>;
}

/** What a leak check found, and what it merely reports. */
export interface LeakReport {
  /** Empty for a clean split. */
  readonly findings: readonly LeakFinding[];
  /** How much of other users' future is in training: reported, no fault of a split that is not by time. `null` without times. */
  readonly globalTimeline: GlobalTimeline | null;
}

/**
 * Look for the future in the past: does training hold anything of what is to be predicted?
 *
 * Every split is checked for events in two parts or in none; for training, or fold-in, after a held-out event of the same user; for
 * validation after test; and for anything fitted on rows that are not of training. Splits by time also for training and
 * validation events from a cut on, whoever's they are; splits by user also for users on both sides. "After" is by position
 * within a user, and by time where there are times; equal times are in the order of their positions.
 *
 * A feature that looks at later events is not seen here: parts know nothing of features. Such features say
 * `isCausal: false`, and `featureTable` refuses them.
 *
 * @param split  a split, or parts that were made elsewhere (`partsOfRows`)
 * @param fitted rows that scalers and vocabularies were fitted on
 * @throws RangeError when the split is of other columns, or by time and there are no times
 * @source Kaufman, Rosset, Perlich & Stitelman, "Leakage in Data Mining: Formulation, Detection, and Avoidance", ACM Transactions
 *   on Knowledge Discovery from Data 6(4), 2012.
 * @source Ji, Sun, Zhang & Li, "A Critical Study on Data Leakage in Recommender System Offline Evaluation", ACM Transactions on
 *   Information Systems 41(3), 2023.
 */
export function checkLeaks(
  columns: SplitColumns,
  split: Split | EventParts,
  fitted: readonly FittedRows[] = [],
): LeakReport {
  const parts = 'bits' in split ? split : partsOfSplit(split);
  const { bits, method } = parts;
  const numEvents = columns.offsets.at(-1) ?? 0;
  if (bits.length !== numEvents) {
    throw new RangeError(`checkLeaks: a split of ${bits.length} events for ${numEvents} events`);
  }
  const findings = leakRules
    .filter(({ methods }) => methods === undefined || (method !== null && methods.includes(method)))
    .flatMap(({ kind, message, broken }) => leakFinding(kind, message, broken(columns, parts)));
  for (const { name, rows } of fitted) {
    const others = Array.from(rows).filter((row) => bits[row] !== partBits.training);
    const message = `rows that ${name} was fitted on are not of training`;
    findings.push(...leakFinding('fitted-on-other-rows', message, others));
  }
  return { findings, globalTimeline: columns.timesMs === null ? null : globalTimeline(columns, parts) };
}

/**
 * Refuse a split that leaks; see `checkLeaks` for what is looked for.
 *
 * @returns the report, whose `globalTimeline` is worth a look
 * @throws InputError naming every kind of leak, how often, and where first
 * @throws RangeError as `checkLeaks`
 */
export function expectNoLeak(
  columns: SplitColumns,
  split: Split | EventParts,
  fitted: readonly FittedRows[] = [],
): LeakReport {
  const report = checkLeaks(columns, split, fitted);
  refuseLeaks(report.findings);
  return report;
}

/** One finding for places that break a rule, none where there are none. */
export function leakFinding(kind: LeakKind, message: string, places: readonly number[]): LeakFinding[] {
  return places.length === 0 ? [] : [{ kind, message, count: places.length, first: places[0]! }];
}

/** Throw what was found, if anything. @throws InputError naming every finding */
export function refuseLeaks(findings: readonly LeakFinding[]): void {
  if (findings.length === 0) return;
  const said = findings.map(
    ({ kind, message, count, first }) => `${message} (${kind}: ${count}, the first is ${first})`,
  );
  throw new InputError(
    `the split leaks: ${said.join('; ')}.`,
    'Make it with a function of preprocessing/splits, and fit on training rows only.',
  );
}
