// @ts-check
// Makes the events that the preprocessing works read, and prints the path of their file.
//
//     node bench/ours/make-events.mjs --events 10000000
//
// A Parquet file in the cache folder, made once. Every number comes from its place in the file by whole-number arithmetic
// alone, so that any machine and any version of the database makes the same events.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { cacheFolder } from '../../scripts/setup/folders.mjs';
import { oneAtATime } from '../../scripts/setup/one-at-a-time.mjs';

/** Part of the file's name: another number for other events. */
const version = 1;

/** The largest prime below 2^31: squares of what is below it fit into 63 bits. */
const prime = 2 ** 31 - 1;
/** 2023-11-01 00:00 UTC; the events are of the 60 days that follow. */
export const firstMs = 1_698_796_800_000;
export const days = 60;

/**
 * The SQL of the events: a shop's log in the order in which it was written.
 *
 * Sessions of 1 to 15 events that are 20 to 90 seconds apart; few users and items have most events, and many have less than five.
 * One event in 50 is an exact copy of the one before it, one in seven is of the same item as the one before it, one in a
 * thousand has a time in 1970 or 2100.
 *
 * @param {number} events
 */
function eventsSql(events) {
  const users = Math.ceil(events / 50);
  const items = Math.ceil(events / 200);
  return `
    WITH sessions AS (
      SELECT s, 1 + drawn(s, 1) % 15 AS length,
        drawn(s, 2) * drawn(s, 3) // ${prime} * ${users} // ${prime} AS user_id,
        ${firstMs} + drawn(s, 4) * ${days * 86_400 - 1200} // ${prime} * 1000 AS start_ms
      FROM (SELECT range AS s FROM range(${Math.ceil(events / 7.9) + 1000}))),
    placed AS (SELECT *, sum(length) OVER (ORDER BY s) - length AS first FROM sessions),
    rows AS (
      SELECT *, CASE WHEN place > 0 AND drawn(first + place, 5) % 46 = 0 THEN place - 1 ELSE place END AS own
      FROM (SELECT *, unnest(range(length)) AS place FROM placed)
      WHERE first + place < ${events}),
    events AS (
      SELECT *, CAST(first + own AS BIGINT) AS n, start_ms + own * 55000 + drawn(CAST(first + own AS BIGINT), 6) % 35000 AS right_ms,
        CAST(first + own AS BIGINT) - CASE WHEN own > 0 AND drawn(CAST(first + own AS BIGINT), 7) % 6 = 0 THEN 1 ELSE 0 END AS about
      FROM rows)
    SELECT CAST(1 + user_id AS INTEGER) AS user_id,
      CAST(1 + drawn(about, 8) * drawn(about, 9) // ${prime} * drawn(about, 10) // ${prime} * ${items} // ${prime} AS INTEGER) AS item_id,
      CASE WHEN drawn(n, 11) % 100 < 80 THEN 'click' WHEN drawn(n, 11) % 100 < 88 THEN 'cart'
        WHEN drawn(n, 11) % 100 < 94 THEN 'favorite' ELSE 'purchase' END AS behavior,
      CAST(CASE WHEN drawn(n, 12) % 1000 = 0 THEN drawn(n, 13) % 2 * 4102444800000 ELSE right_ms END AS BIGINT) AS time_ms
    FROM events ORDER BY right_ms, s, place`;
}

/**
 * Make the file if it is not there.
 *
 * @param {number} events how many
 * @param {{ cache?: string, threads?: number }} [options]
 * @returns {Promise<string>} its path
 */
export async function makeEvents(events, { cache = cacheFolder(), threads } = {}) {
  const folder = path.join(cache, 'bench-data');
  const file = path.join(folder, `events-v${version}-${events}.parquet`);
  if (fs.existsSync(file)) return file;
  fs.mkdirSync(folder, { recursive: true });
  return oneAtATime(
    `${file}.lock`,
    () => {},
    async () => {
      if (fs.existsSync(file)) return file;
      const unfinished = `${file}.part`;
      const instance = await DuckDBInstance.create(':memory:', {
        temp_directory: `${unfinished}.spill`,
        memory_limit: '4GB',
        ...(threads !== undefined && { threads: String(threads) }),
      });
      const connection = await instance.connect();
      // Two squarings modulo a prime: neighbours have nothing in common.
      const once = `((i * 48271 + stream * 1299709) % ${prime})`;
      const twice = `((${once} * ${once} + i) % ${prime})`;
      await connection.run(`CREATE MACRO drawn(i, stream) AS (${twice} * ${twice} + ${once}) % ${prime}`);
      await connection.run(
        `COPY (${eventsSql(events)}) TO '${unfinished.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION snappy)`,
      );
      connection.closeSync();
      instance.closeSync();
      fs.rmSync(`${unfinished}.spill`, { recursive: true, force: true });
      fs.renameSync(unfinished, file);
      return file;
    },
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { events: { type: 'string', default: '10000000' } } });
  const events = Number(values.events);
  if (!(Number.isInteger(events) && events >= 1)) throw new RangeError(`--events is '${values.events}'`);
  console.log(await makeEvents(events));
}
