import type { Database } from '../../data/tables/database';
import type { AnomalousUsers } from './rules';

/** A limit that was found in the data, and what it says about a user. */
export interface FoundLimit {
  readonly reason: string;
  /** Users with a value beyond it go. */
  readonly limit: number;
  readonly unit: string;
}

const dayMs = 86_400_000;

/**
 * Find the users who are unlike all others: too many events a day, too many at once, or as regular as a clock.
 *
 * - **rate**: events per day with events, above the fence;
 * - **burst**: events in the busiest minute of the clock, above the fence;
 * - **regularity**: pauses between events that are nearly equal, (Q3 - Q1) / (Q3 + Q1) below `leastDispersion`.
 *
 * The fence stands `fence` interquartile ranges above the upper quartile of the logarithm over all users with `minEvents` events
 * or more, and never below 2^`fence` times the upper quartile, so that a shop of very similar users loses none. Quartiles are
 * not moved by the very users that are looked for, as mean and deviation are.
 *
 * @param from SQL relation with user_id, time_ms and row
 * @returns name of a table of user_id and reason, and the limits
 * @source Tukey, "Exploratory Data Analysis", 1977, section 2D (fences); Bonett, "Confidence Interval for a Coefficient of Quartile
 *   Variation", Computational Statistics & Data Analysis 50(11), 2006 (the dispersion).
 */
export async function findAnomalousUsers(
  database: Database,
  from: string,
  { fence = 3, leastDispersion = 0.1, minEvents = 20 }: AnomalousUsers,
): Promise<{ users: string; limits: FoundLimit[] }> {
  const users = database.newName('user_statistics');
  await database.run(`CREATE TABLE ${users} AS
    WITH enough AS (SELECT user_id FROM ${from} WHERE time_ms IS NOT NULL GROUP BY user_id HAVING count(*) >= ${minEvents}),
    timed AS (SELECT e.user_id, e.time_ms, e.row FROM ${from} AS e JOIN enough USING (user_id) WHERE e.time_ms IS NOT NULL),
    daily AS (SELECT user_id, count(*) AS events FROM timed GROUP BY user_id, floor(time_ms / ${dayMs})),
    rates AS (SELECT user_id, sum(events) / count(*) AS rate FROM daily GROUP BY user_id),
    minutes AS (SELECT user_id, count(*) AS events FROM timed GROUP BY user_id, floor(time_ms / 60000)),
    bursts AS (SELECT user_id, max(events) AS burst FROM minutes GROUP BY user_id),
    pauses AS (SELECT user_id, time_ms - lag(time_ms) OVER (PARTITION BY user_id ORDER BY time_ms, row) AS pause FROM timed),
    quartiles AS (
      SELECT user_id, percentile_cont(0.25) WITHIN GROUP (ORDER BY pause) AS q1, percentile_cont(0.75) WITHIN GROUP (ORDER BY pause) AS q3
      FROM pauses WHERE pause IS NOT NULL GROUP BY user_id)
    SELECT user_id, rate, burst, CASE WHEN q1 + q3 > 0 THEN (q3 - q1) / (q1 + q3) END AS dispersion
    FROM rates JOIN bursts USING (user_id) LEFT JOIN quartiles USING (user_id)`);
  const limits = await database.rows<{ rate: number | null; burst: number | null }>(
    `SELECT ${fenceOf('rate', fence)} AS rate, ${fenceOf('burst', fence)} AS burst FROM ${users}`,
  );
  const { rate, burst } = limits[0]!;
  const found: FoundLimit[] = [
    { reason: 'user with too many events a day', limit: rate ?? Infinity, unit: 'events per active day' },
    { reason: 'user with too many events at once', limit: burst ?? Infinity, unit: 'events in a minute' },
    { reason: 'user as regular as a machine', limit: leastDispersion, unit: 'dispersion of pauses' },
  ];
  const into = database.newName('anomalous_users');
  const [tooMany, atOnce, regular] = found.map(({ reason }) => `'${reason}'`);
  await database.run(`CREATE TABLE ${into} AS SELECT * FROM (SELECT user_id, CASE
      WHEN rate > ${rate ?? 'rate'} THEN ${tooMany} WHEN burst > ${burst ?? 'burst'} THEN ${atOnce}
      WHEN dispersion < ${leastDispersion} THEN ${regular} END AS reason FROM ${users}) AS judged WHERE reason IS NOT NULL`);
  await database.run(`DROP TABLE ${users}`);
  return { users: into, limits: found };
}

/** SQL of Tukey's fence on the logarithm of a column. */
function fenceOf(column: string, fence: number): string {
  const quartile = (share: number): string =>
    `percentile_cont(${share}) WITHIN GROUP (ORDER BY ln(${column}))`;
  return `exp(${quartile(0.75)} + ${fence} * greatest(${quartile(0.75)} - ${quartile(0.25)}, ln(2)))`;
}
