import { quoteText } from '../../data/tables/database';
import { hasColumn, type EventColumn, type EventTable } from '../../data/tables/event-table';
import type { CleaningRules } from './rules';

/** Why a row goes, and the SQL condition for it. */
export interface RowRule {
  readonly reason: string;
  readonly when: string;
}

/** The rules that look at a row alone, in their order. */
export function rowRules(table: EventTable, rules: CleaningRules): RowRule[] {
  const { behaviors, earliestMs, latestMs } = rules;
  const found: RowRule[] = [];
  if (behaviors) {
    const names = behaviors.map(quoteText).join(', ');
    found.push({
      reason: 'behaviour not asked for',
      when: names === '' ? 'TRUE' : `behavior NOT IN (${names})`,
    });
  }
  if (rules.dropWithoutObject) {
    const missing = (['item_id', 'query'] as const).map((column) => isMissing(table, column));
    found.push({ reason: 'neither item nor query', when: missing.join(' AND ') });
  }
  if (rules.dropWithoutTime) found.push({ reason: 'no time', when: isMissing(table, 'time_ms') });
  for (const column of rules.dropWithout ?? []) {
    found.push({ reason: `no ${nameOf(column)}`, when: isMissing(table, column) });
  }
  if (hasColumn(table, 'time_ms') && (earliestMs !== undefined || latestMs !== undefined)) {
    const bounds = [
      ...(earliestMs === undefined ? [] : [`time_ms < ${earliestMs}`]),
      ...(latestMs === undefined ? [] : [`time_ms > ${latestMs}`]),
    ];
    found.push({ reason: 'impossible time', when: bounds.join(' OR ') });
  }
  return found;
}

const isMissing = (table: EventTable, column: EventColumn): string =>
  hasColumn(table, column) ? `${column} IS NULL` : 'TRUE';

const nameOf = (column: EventColumn): string => column.replace(/_(id|ms)$/, '');
