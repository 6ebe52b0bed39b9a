import { InputError } from '../base/errors';
import type { RejectedRows } from './event';

/** What a reader does with a row it cannot read: stop with an error, or leave it out and count it. */
export type OnBadRow = 'error' | 'drop';

/** Keeps account of the rows a reader could not use. */
export interface BadRows {
  /**
   * Report one bad row.
   *
   * @throws InputError naming file, row and remedy, unless bad rows are dropped
   */
  reject(row: number, reason: string, problem: string, remedy: string): void;
  /** The rows left out so far, by reason, in the order the reasons first appeared. */
  counts(): RejectedRows[];
}

/** Start the account of one file. */
export function badRows(file: string, onBadRow: OnBadRow): BadRows {
  const byReason = new Map<string, { rows: number; firstRow: number }>();
  return {
    reject(row, reason, problem, remedy) {
      if (onBadRow === 'error') {
        throw new InputError(problem, `${remedy} Or leave such rows out, counted, with onBadRow: 'drop'.`, {
          file,
          row,
        });
      }
      const count = byReason.get(reason);
      if (count) count.rows += 1;
      else byReason.set(reason, { rows: 1, firstRow: row });
    },
    counts: () => [...byReason].map(([reason, count]) => ({ reason, ...count })),
  };
}
