import type { EventLog } from '../data/event';
import { askLater, type Moment } from './tasks/ask-later';

/** When it is asked who will stay away: who has no event in the `horizonDays` after the moment has left. */
export type ChurnQuestion = Moment;

/** What may be read, and what came. */
export interface ChurnTask {
  /** The events of the asked users before the moment, and nothing else. */
  readonly before: EventLog;
  /** Of each asked user, 1 who left and 0 who stayed, as the text that `labelUsers` takes. */
  readonly labels: { readonly name: string; readonly ofUser: ReadonlyMap<string, string> };
}

/**
 * Ask at one moment which active users will stay away.
 *
 * Nothing after the moment is in `before`. Labels come from the log alone, not from a truth that a shop has not. Events without a
 * time are left out.
 *
 * @throws RangeError when the log ends before the horizon does, so that nobody knows who left, or no user is active
 * @source Neslin, Gupta, Kamakura, Lu & Mason, "Defection Detection: Measuring and Understanding the Predictive Accuracy of Customer
 *   Churn Models", Journal of Marketing Research 43(2), 2006 (predictors before, defection in a window after).
 */
export function churnTask(log: EventLog, question: ChurnQuestion): ChurnTask {
  const { before, happened } = askLater('churnTask', log, question, () => true);
  const ofUser = new Map([...happened].map(([userId, isBack]) => [userId, isBack ? '0' : '1']));
  return { before, labels: { name: 'left', ofUser } };
}
