import type { RejectedRows } from '../../data/event';
import type { FoundLimit } from './anomalous-users';

/** Everything cleaning changed. `rowsIn` = `rowsOut` + the sum of `dropped`, always. */
export interface CleaningReport {
  readonly rowsIn: number;
  readonly rowsOut: number;
  /** By reason, in the order of the rules; a rule that found nothing is not in it. */
  readonly dropped: readonly RejectedRows[];
  readonly usersIn: number;
  readonly usersOut: number;
  /** Distinct items of the events. */
  readonly itemsIn: number;
  readonly itemsOut: number;
  /** Limits that `anomalousUsers` found in the data. */
  readonly limits: readonly FoundLimit[];
  /** What was seen and left as it is, in words. */
  readonly notes: readonly string[];
}
