import type { EventLog } from '../../data/event';
import { askLater, type Moment } from './ask-later';

/** What may be read, and who bought. */
export interface PurchaseTask {
  /** The events of the asked users before the moment, and nothing else. */
  readonly before: EventLog;
  /** In the order of `buys`. */
  readonly userIds: readonly string[];
  /** 1 for who buys within the horizon, else 0. */
  readonly buys: Int32Array;
}

/**
 * Ask at one moment which active users will buy something within a horizon.
 *
 * Learn at an earlier moment whose horizon is over, and ask at a later one: so a shop would do it, and no answer is learned from.
 *
 * @throws RangeError when the log ends before the horizon does, or no user is active
 * @source Van den Poel & Buckinx, "Predicting online-purchasing behaviour", European Journal of Operational Research 166(2), 2005 (will
 *   somebody buy at the next visit, from what was seen before).
 * @differs The question is of a horizon in days and not of the next visit: who does not come back has an answer too.
 */
export function purchaseTask(log: EventLog, moment: Moment): PurchaseTask {
  const { before, happened } = askLater(
    'purchaseTask',
    log,
    moment,
    ({ behavior }) => behavior === 'purchase',
  );
  return {
    before,
    userIds: [...happened.keys()],
    buys: Int32Array.from([...happened.values()], Number),
  };
}
