import type { RejectedRows } from '../../data/event';
import { quoteText, type Database } from '../../data/tables/database';
import { hasColumn, type EventTable } from '../../data/tables/event-table';
import { findAnomalousUsers, type FoundLimit } from './anomalous-users';
import { findOutsideCore } from './k-core';
import { repeatRules } from './repeats';
import type { CleaningReport } from './report';
import { rowRules, type RowRule } from './row-rules';
import { checkRules, idleRules, type CleaningRules } from './rules';

/** A cleaned table, with the account of what went. */
export interface CleanedTable {
  readonly table: EventTable;
  readonly report: CleaningReport;
  /** Name of a view of all rows that went: the columns of the events, and `reason`. It reads the table that was cleaned. */
  readonly dropped: string;
}

/**
 * Drop what the rules name, and account for every row.
 *
 * One pipeline of SQL statements: rules find the rows that go, and what is left is a copy of the table, in the order of its rows.
 * Rows that stay are not changed and keep their number. A row goes for the first rule that it breaks and is counted there once; of
 * rows that go because of rare users and rare items, those of rare items are counted as such. Cleaning the result with the same
 * rules drops nothing more, but for `anomalousUsers`, whose limits move with the users. The result does not depend on the number
 * of threads.
 *
 * @throws RangeError when a rule's number is out of range
 */
export async function cleanTable(table: EventTable, rules: CleaningRules): Promise<CleanedTable> {
  checkRules(rules);
  const { database } = table;
  const before = await countDistinct(table, table.name);
  const gone = database.newName('gone');
  const reasons = await findBrokenRows(table, rules, gone);
  const name = database.newName('log');
  const columns = table.columns.join(', ');
  await database.keepingOrder(
    `CREATE TABLE ${name} AS SELECT ${columns} FROM ${table.name} AS e ANTI JOIN ${gone} AS g ON e.row = g.row`,
  );
  /** Drop the rows of users or items that are in a table. */
  const drop = async (key: 'user_id' | 'item_id', among: string, reason: string): Promise<void> => {
    reasons.push(reason);
    const isAmong = `${key} IN (SELECT ${key} FROM ${among})`;
    await database.run(`INSERT INTO ${gone} SELECT row, ${reasons.length} FROM ${name} WHERE ${isAmong}`);
    await database.run(`DELETE FROM ${name} WHERE ${isAmong}`);
  };

  let limits: FoundLimit[] = [];
  if (hasColumn(table, 'time_ms')) {
    const { maxEventsPerUserPerMinute, anomalousUsers } = rules;
    if (maxEventsPerUserPerMinute !== undefined) {
      await drop('user_id', await findBursts(database, name, maxEventsPerUserPerMinute), tooFast);
    }
    if (anomalousUsers) {
      const found = await findAnomalousUsers(database, name, anomalousUsers);
      limits = found.limits;
      for (const { reason } of limits) {
        await drop('user_id', `${found.users} WHERE reason = ${quoteText(reason)}`, reason);
      }
    }
  }

  const perUser = rules.minEventsPerUser ?? 0;
  const perItem = hasColumn(table, 'item_id') ? (rules.minEventsPerItem ?? 0) : 0;
  const { users, items } = await findOutsideCore(database, name, { perUser, perItem });
  if (items !== null) await drop('item_id', items.gone, `item with fewer than ${perItem} events`);
  if (users !== null) await drop('user_id', users.gone, `user with fewer than ${perUser} events`);

  const dropped = database.newName('dropped');
  await database.run(
    `CREATE VIEW ${dropped} AS SELECT ${table.columns.map((column) => `e.${column}`).join(', ')},
       CAST([${reasons.map(quoteText).join(', ')}] AS VARCHAR[])[g.rule] AS reason
     FROM ${table.name} AS e JOIN ${gone} AS g ON e.row = g.row`,
  );
  const after = await countDistinct(table, name, { users: users?.left, items: items?.left });
  const report: CleaningReport = {
    rowsIn: table.numRows,
    rowsOut: after.rows,
    dropped: await countReasons(database, gone, reasons),
    usersIn: before.users,
    usersOut: after.users,
    itemsIn: before.items,
    itemsOut: after.items,
    limits,
    notes: [
      ...rejectedNotes(table),
      ...timeNotes(after.times, after.rows),
      ...idleRules(table.hasTimes, rules),
    ],
  };
  const lost = report.rowsIn - report.rowsOut - report.dropped.reduce((sum, { rows }) => sum + rows, 0);
  if (lost !== 0) throw new Error(`cleaning lost count of ${lost} rows`);
  return { table: { ...table, name, numRows: after.rows, hasTimes: after.times > 0 }, report, dropped };
}

const tooFast = 'user too fast for a person';

/**
 * List the rows that break a rule by themselves, or beside the row before them: their number and that of the rule.
 *
 * @returns the reasons, the first of which is number 1
 */
async function findBrokenRows(table: EventTable, rules: CleaningRules, into: string): Promise<string[]> {
  const { database, name } = table;
  const ofRow = rowRules(table, rules);
  const repeats = repeatRules(table, rules, 'own_rule');
  const caseOf = (found: readonly RowRule[], first: number): string =>
    `CASE ${found.map(({ when }, index) => `WHEN ${when} THEN ${first + index}`).join(' ')} ELSE 0 END`;
  const own = ofRow.length === 0 ? '0' : caseOf(ofRow, 1);
  const judged = `SELECT *, CAST(${own} AS UTINYINT) AS own_rule FROM ${name}`;
  if (repeats === null) {
    await database.run(
      `CREATE TABLE ${into} AS SELECT row, own_rule AS rule FROM (${judged}) AS judged WHERE own_rule > 0`,
    );
    return ofRow.map(({ reason }) => reason);
  }
  const rule = `CASE WHEN own_rule > 0 THEN own_rule ELSE ${caseOf(repeats.rules, ofRow.length + 1)} END`;
  await database.run(
    `CREATE TABLE ${into} AS SELECT * FROM (
       SELECT row, CAST(${rule} AS UTINYINT) AS rule FROM (
         SELECT *, ${repeats.columns.join(', ')} FROM (${judged}) AS judged ${repeats.window}) AS compared) AS found
     WHERE rule > 0`,
  );
  return [...ofRow, ...repeats.rules].map(({ reason }) => reason);
}

/** A table of the users with more than so many events within any 60 seconds. */
async function findBursts(database: Database, from: string, maxPerMinute: number): Promise<string> {
  const into = database.newName('fast_users');
  await database.run(
    `CREATE TABLE ${into} AS SELECT DISTINCT user_id FROM (
       SELECT user_id, time_ms - lag(time_ms, ${maxPerMinute}) OVER (PARTITION BY user_id ORDER BY time_ms, row) AS span
       FROM ${from} WHERE time_ms IS NOT NULL) AS spans WHERE span < 60000`,
  );
  return into;
}

/** How many rows each rule took, in the order of the rules. */
async function countReasons(
  database: Database,
  gone: string,
  reasons: readonly string[],
): Promise<RejectedRows[]> {
  const counts = await database.rows<{ rule: number; rows: number; first: number }>(
    `SELECT rule, count(*) AS rows, min(row) AS first FROM ${gone} GROUP BY rule ORDER BY rule`,
  );
  return counts.map(({ rule, rows, first }) => ({ reason: reasons[rule - 1]!, rows, firstRow: first }));
}

/** Rows, users, items and times of a relation; those that are known already are not counted. */
async function countDistinct(
  table: EventTable,
  relation: string,
  known: { readonly users?: number | undefined; readonly items?: number | undefined } = {},
): Promise<{ rows: number; users: number; items: number; times: number }> {
  const users = known.users ?? 'count(DISTINCT user_id)';
  const items = known.items ?? (hasColumn(table, 'item_id') ? 'count(DISTINCT item_id)' : 0);
  const times = hasColumn(table, 'time_ms') ? 'count(time_ms)' : '0';
  const [counts] = await table.database.rows<{ rows: number; users: number; items: number; times: number }>(
    `SELECT count(*) AS rows, ${users} AS users, ${items} AS items, ${times} AS times FROM ${relation}`,
  );
  return counts!;
}

function rejectedNotes({ source }: EventTable): string[] {
  return source.rejected.map(
    ({ reason, rows, firstRow }) =>
      `the reader left out ${rows} rows (${reason}), the first is row ${firstRow}`,
  );
}

function timeNotes(times: number, rows: number): string[] {
  return times > 0 && times < rows ? [`${rows - times} rows that stay have no time`] : [];
}
