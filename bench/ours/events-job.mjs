// @ts-check
// Our side of the preprocessing works: from a Parquet file of events to clean, split sequences with features. One process, one job.
//
//     node bench/ours/events-job.mjs FILE [--threads N] [--memory MB] [--cleaning sequences|table]
//     node bench/ours/events-job.mjs --events 100000000 ...      makes the file first, if it is not there
//
// It prints what the job took, and a digest of what came out: CPU seconds of all threads and the peak of the memory from the end
// of the imports to the last feature; the digest comes after that. `--memory` is what the database may take; the arrays come on top.
// `--cleaning table` lets the database clean, which needs less memory for the arrays and room on the disk instead.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDatabase } from 'behavior-lab/data/tables/database.js';
import { readTable } from 'behavior-lab/data/tables/read-table.js';
import { tableFormat } from 'behavior-lab/data/tables/table-format.js';
import { cleanSequences } from 'behavior-lab/preprocessing/cleaning/clean-sequences.js';
import { cleanTable } from 'behavior-lab/preprocessing/cleaning/clean-table.js';
import { calendarFeatures } from 'behavior-lab/preprocessing/features/calendar-features.js';
import { gapSinceLast, logSeconds } from 'behavior-lab/preprocessing/features/gap.js';
import { frequencySoFar } from 'behavior-lab/preprocessing/features/recency-frequency.js';
import { cutSessions } from 'behavior-lab/preprocessing/slicing/sessions.js';
import { splitByTime } from 'behavior-lab/preprocessing/splits/time-split.js';
import { sequencesOfTable } from 'behavior-lab/preprocessing/table-sequences.js';
import { bytesPerEvent, digestOf } from './events-digest.mjs';
import { days, firstMs } from './make-events.mjs';

const dayMs = 86_400_000;
const minuteMs = 60_000;
const format = tableFormat({
  kind: 'parquet',
  columns: { user: 'user_id', item: 'item_id', behavior: 'behavior', time: 'time_ms' },
});
const rules = {
  earliestMs: firstMs,
  latestMs: firstMs + days * dayMs,
  dropDuplicates: true,
  repeatWindowMs: 30 * minuteMs,
  repeatBehaviors: /** @type {const} */ (['click']),
  minEventsPerUser: 5,
  minEventsPerItem: 5,
};
const cuts = { validationFromMs: firstMs + 48 * dayMs, testFromMs: firstMs + 54 * dayMs };

/**
 * @typedef {{ threads: number, memory: number, cleaning: string }} JobOptions
 *
 * @param {string} file
 * @param {JobOptions} options
 */
async function readSequences(file, { threads, memory, cleaning }) {
  const database = await openDatabase({ threads, memoryLimitMb: memory });
  try {
    const table = await readTable(database, file, { format, inPlace: true });
    if (cleaning === 'sequences') return { sequences: await sequencesOfTable(table), report: null };
    const cleaned = await cleanTable(table, rules);
    return { sequences: await sequencesOfTable(cleaned.table), report: cleaned.report };
  } finally {
    database.close();
  }
}

/**
 * A function of its own, so that what was read is free once it is clean.
 *
 * @param {string} file
 * @param {JobOptions} options
 */
async function cleanedSequences(file, options) {
  const { sequences, report } = await readSequences(file, options);
  return report === null ? cleanSequences(sequences, rules) : { sequences, report };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string', default: '2' },
    memory: { type: 'string', default: '800' },
    cleaning: { type: 'string', default: 'sequences' },
    events: { type: 'string' },
  },
});
/** @param {string} events a program of its own, whose memory is not this one's */
const madeFile = (events) => {
  const program = fileURLToPath(new URL('make-events.mjs', import.meta.url));
  return execFileSync(process.execPath, [program, '--events', events], { encoding: 'utf8' }).trim();
};
const file = values.events === undefined ? positionals[0] : madeFile(values.events);
if (file === undefined || !['sequences', 'table'].includes(values.cleaning)) {
  throw new Error('name a file or --events N; --cleaning is sequences or table');
}
const startMs = performance.now();
const startCpu = process.cpuUsage();

const options = { threads: Number(values.threads), memory: Number(values.memory), cleaning: values.cleaning };
const { sequences, report } = await cleanedSequences(file, options);
const columns = {
  offsets: sequences.offsets,
  timesMs: sequences.timesMs,
  behaviors: sequences.channels.behaviors,
};
const sessions = cutSessions(columns, { gapMs: 30 * minuteMs });
const gap = logSeconds(gapSinceLast(columns));
const { hour, weekday } = calendarFeatures(columns, { timeZone: 'Asia/Shanghai' });
const frequency = frequencySoFar(columns);
const split = splitByTime(columns, cuts);

const { user, system } = process.cpuUsage(startCpu);
const took = {
  cpu: (user + system) / 1e6,
  memory: (process.resourceUsage().maxRSS * 1024) / 1e6,
  seconds: (performance.now() - startMs) / 1e3,
};
const result = { sequences, report, sessions, gap, hour, weekday, frequency, split };
console.log(
  JSON.stringify({ ...took, bytesPerEvent: bytesPerEvent(sequences), digest: digestOf(result, firstMs) }),
);
