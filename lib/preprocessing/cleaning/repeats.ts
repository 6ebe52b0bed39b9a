import { quoteText } from '../../data/tables/database';
import { hasColumn, type EventTable } from '../../data/tables/event-table';
import type { RowRule } from './row-rules';
import type { CleaningRules } from './rules';

/** Columns in which a copy must equal its original, beside user, item, behaviour and time. */
const alsoEqual = ['query', 'session_id', 'category', 'price', 'dwell_ms', 'rating'] as const;

/** The rules that compare an event with the one before it of the same user, item and behaviour. */
export interface RepeatRules {
  /** SQL of the columns that the conditions need. */
  readonly columns: readonly string[];
  /** SQL of the named window they use. */
  readonly window: string;
  readonly rules: readonly RowRule[];
}

/**
 * Exact duplicates, and repeated views of an item.
 *
 * One window serves both: a copy has its original right before it, at the same time. Copies without a time are kept: two of them may
 * be two purchases. In a chain of views each of which follows the one before within the window, the first is kept.
 *
 * @param alone SQL of what else must be equal, so that rows which are gone already are not compared
 * @returns null when no rule asks for it, or nothing can be found because there are no times
 */
export function repeatRules(table: EventTable, rules: CleaningRules, alone: string): RepeatRules | null {
  const { repeatWindowMs, repeatBehaviors = ['browse', 'click'], dropDuplicates } = rules;
  if (!hasColumn(table, 'time_ms') || (!dropDuplicates && repeatWindowMs === undefined)) return null;
  const others = alsoEqual.filter((column) => hasColumn(table, column));
  const found: RowRule[] = [];
  if (dropDuplicates) {
    const equal = others.map((column) => ` AND before_${column} IS NOT DISTINCT FROM ${column}`).join('');
    found.push({ reason: 'exact duplicate', when: `time_ms = before_ms${equal}` });
  }
  if (repeatWindowMs !== undefined && hasColumn(table, 'item_id')) {
    const isView =
      repeatBehaviors.length === 0 ? 'FALSE' : `behavior IN (${repeatBehaviors.map(quoteText).join(', ')})`;
    found.push({
      reason: 'repeated view',
      when: `item_id IS NOT NULL AND ${isView} AND time_ms - before_ms <= ${repeatWindowMs}`,
    });
  }
  const compared = dropDuplicates ? others : [];
  const same = ['user_id', ...(hasColumn(table, 'item_id') ? ['item_id'] : []), 'behavior', alone];
  const order = ['time_ms', ...compared.map((column) => `${column} NULLS FIRST`), 'row'];
  return {
    columns: [
      'lag(time_ms) OVER same AS before_ms',
      ...compared.map((column) => `lag(${column}) OVER same AS before_${column}`),
    ],
    window: `WINDOW same AS (PARTITION BY ${same.join(', ')} ORDER BY ${order.join(', ')})`,
    rules: found,
  };
}
