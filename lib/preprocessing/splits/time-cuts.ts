import { timesOf } from '../slicing/slices';
import type { SplitColumns, TimeCuts } from './split';

/** How much of all events a split by time holds out. */
export interface HeldOutShares {
  /** 0 to 1, together with `testShare` below 1; 0 leaves validation empty. */
  readonly validationShare: number;
  /** Above 0, below 1. */
  readonly testShare: number;
}

/**
 * Find the moments that hold out given shares of all events.
 *
 * Each cut is the time of an event. Events of the same time stay together and go to the later part, so a held-out part may be
 * larger than asked for by those, and is never smaller than the share rounded down.
 *
 * @throws RangeError when the sequences have no times or no events, or the shares are out of range
 * @source Campos, Díez & Cantador, "Time-aware Recommender Systems: A Comprehensive Survey and Analysis of Existing Evaluation
 *   Protocols", User Modeling and User-Adapted Interaction 24, 2014 (a share of all events, in the order of time).
 */
export function findTimeCuts(columns: SplitColumns, { validationShare, testShare }: HeldOutShares): TimeCuts {
  if (!(validationShare >= 0 && testShare > 0 && validationShare + testShare < 1)) {
    throw new RangeError(
      `findTimeCuts: validationShare from 0, testShare above 0, both together below 1, got ${validationShare} and ${testShare}`,
    );
  }
  const sorted = timesOf('findTimeCuts', columns).slice().sort();
  if (sorted.length === 0) throw new RangeError('findTimeCuts: there are no events');
  // A share like .3 of 10 is 2.9999999999999996 in floating point.
  const heldOut = (share: number): number => Math.max(1, Math.floor(sorted.length * share + 1e-9));
  const cutFor = (share: number): number => sorted[sorted.length - heldOut(share)]!;
  return { validationFromMs: cutFor(validationShare + testShare), testFromMs: cutFor(testShare) };
}
