import type { EventLog } from '../../data/event';
import { openDatabase } from '../../data/tables/database';
import { tableOfLog } from '../../data/tables/table-of-log';
import { histories } from '../time-order';
import { cleanTable } from './clean-table';
import type { CleaningReport } from './report';
import { checkRules, type CleaningRules } from './rules';

/**
 * Clean a log that is held in memory: `cleanTable` for small data.
 *
 * Events that stay are the same objects in the same order. `firstRow` in the report is the row of the event's own source.
 *
 * @throws RangeError when a rule's number is out of range
 */
export async function cleanLog(
  log: EventLog,
  rules: CleaningRules,
): Promise<{ log: EventLog; report: CleaningReport }> {
  checkRules(rules);
  const database = await openDatabase();
  try {
    const { table, report } = await cleanTable(await tableOfLog(database, log), rules);
    const { row } = await database.readColumns(
      { row: { type: 'int32', sql: 'row' } },
      `FROM ${table.name}`,
      'row',
      report.rowsOut,
    );
    const events = Array.from(row, (position) => log.events[position - 1]!);
    const { outOfOrder } = histories(events);
    const late = `${outOfOrder} rows are older than a row of the same user before them`;
    return {
      log: { ...log, events },
      report: {
        ...report,
        dropped: report.dropped.map((found) => ({ ...found, firstRow: log.events[found.firstRow - 1]!.row })),
        notes: outOfOrder > 0 ? [...report.notes, late] : report.notes,
      },
    };
  } finally {
    database.close();
  }
}
