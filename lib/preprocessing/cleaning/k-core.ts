import type { Database } from '../../data/tables/database';

/** The fewest events a user and an item must have to stay; 0 asks for nothing. */
export interface MinimumEvents {
  readonly perUser: number;
  readonly perItem: number;
}

/** Who goes and how many stay; `null` for those that need no number of events. */
export interface OutsideCore {
  readonly users: RareOnes | null;
  readonly items: RareOnes | null;
}

export interface RareOnes {
  /** Name of a table of those that go, with a column `user_id` or `item_id`. */
  readonly gone: string;
  /** How many stay. */
  readonly left: number;
}

/**
 * Find the users and items that go, those with too few events, again and again until all that remain have enough.
 *
 * Dropping a rare item may leave a user with too few events, and so on: one pass would leave users and items below the minimum.
 * What remains is the largest part of the log in which all have enough; it does not depend on the order of the passes. All events
 * of a user count; an event without an item counts for its user only.
 *
 * Events are counted once. Each pass then takes off what users lose with the items that have just gone, and the other way round.
 *
 * @param from SQL relation with user_id and, when items have a minimum, item_id
 * @source Seidman, "Network structure and minimum degree", Social Networks 5(3), 1983 (the k-core).
 */
export async function findOutsideCore(
  database: Database,
  from: string,
  { perUser, perItem }: MinimumEvents,
): Promise<OutsideCore> {
  const users = perUser > 0 ? await countEvents(database, from, 'user_id', perUser) : null;
  const items = perItem > 0 ? await countEvents(database, from, 'item_id', perItem) : null;
  for (let pass = 0; ; pass++) {
    const goneItems = await dropRare(database, items, pass);
    if (users && items && goneItems > 0) await takeOff(database, from, users, items, pass);
    const goneUsers = await dropRare(database, users, pass);
    if (!users || !items || goneUsers === 0) break;
    await takeOff(database, from, items, users, pass);
  }
  return { users: await rareOnes(database, users), items: await rareOnes(database, items) };
}

/** Users, or items: those that are left with their number of events, and those that went with the pass in which they did. */
interface Counted {
  readonly key: 'user_id' | 'item_id';
  readonly minimum: number;
  readonly left: string;
  readonly gone: string;
}

async function countEvents(
  database: Database,
  from: string,
  key: Counted['key'],
  minimum: number,
): Promise<Counted> {
  const [left, gone] = [database.newName(`left_${key}`), database.newName(`gone_${key}`)];
  await database.run(
    `CREATE TABLE ${left} AS SELECT ${key}, count(*) AS n FROM ${from} WHERE ${key} IS NOT NULL GROUP BY ${key}`,
  );
  await database.run(`CREATE TABLE ${gone} AS SELECT ${key}, 0 AS pass FROM ${left} LIMIT 0`);
  return { key, minimum, left, gone };
}

/** Move those with too few events from the ones that are left. @returns how many they are */
async function dropRare(database: Database, counted: Counted | null, pass: number): Promise<number> {
  if (counted === null) return 0;
  const { key, minimum, left, gone } = counted;
  await database.run(`INSERT INTO ${gone} SELECT ${key}, ${pass} FROM ${left} WHERE n < ${minimum}`);
  await database.run(`DELETE FROM ${left} WHERE n < ${minimum}`);
  const [found] = await database.rows<{ n: number }>(
    `SELECT count(*) AS n FROM ${gone} WHERE pass = ${pass}`,
  );
  return found!.n;
}

async function rareOnes(database: Database, counted: Counted | null): Promise<RareOnes | null> {
  if (counted === null) return null;
  const { gone, left } = counted;
  const [found] = await database.rows<{ n: number }>(`SELECT count(*) AS n FROM ${left}`);
  await database.run(`DROP TABLE ${left}`);
  return { gone, left: found!.n };
}

/**
 * Take off the events that some lose with the others that went in a pass.
 *
 * No event is taken off twice: those that it would be taken off a second time have gone themselves.
 */
async function takeOff(
  database: Database,
  from: string,
  some: Counted,
  others: Counted,
  pass: number,
): Promise<void> {
  await database.run(
    `UPDATE ${some.left} AS counted SET n = counted.n - lost.n FROM (
       SELECT ${some.key}, count(*) AS n FROM ${from}
       WHERE ${others.key} IN (SELECT ${others.key} FROM ${others.gone} WHERE pass = ${pass}) GROUP BY ${some.key}) AS lost
     WHERE counted.${some.key} = lost.${some.key}`,
  );
}
