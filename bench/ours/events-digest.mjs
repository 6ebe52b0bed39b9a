// @ts-check
// What came out of a preprocessing job in a few numbers, to be compared with the peer's (bench/peers/events_job.py makes the same).
import { behaviors } from 'behavior-lab/data/event.js';

const prime = 2 ** 31 - 1;

/**
 * A number that changes with every value and with their order; exact for whole numbers below 2^37.
 *
 * @param {ArrayLike<number>} values
 * @param {(value: number) => number} [of]
 */
export function checksum(values, of = (value) => value) {
  let sum = 0;
  for (let place = 0; place < values.length; place++) {
    sum = (sum + ((place % 65_521) + 1) * of(/** @type {number} */ (values[place]))) % prime;
  }
  return sum;
}

/** The behaviours of the file, by the number that both sides give them in the digest. */
const words = ['click', 'cart', 'favorite', 'purchase'];

/**
 * @param {object} result what the job made
 * @param {import('behavior-lab/preprocessing/table-sequences').TableSequences} result.sequences
 * @param {import('behavior-lab/preprocessing/cleaning/report').CleaningReport} result.report
 * @param {import('behavior-lab/preprocessing/slicing/slices').Slices} result.sessions
 * @param {import('behavior-lab/preprocessing/features/feature').Feature} result.gap
 * @param {import('behavior-lab/preprocessing/features/feature').Feature} result.hour
 * @param {import('behavior-lab/preprocessing/features/feature').Feature} result.weekday
 * @param {import('behavior-lab/preprocessing/features/feature').Feature} result.frequency
 * @param {import('behavior-lab/preprocessing/splits/split').Split} result.split
 * @param {number} firstMs
 * @returns {Record<string, number>}
 */
export function digestOf({ sequences, report, sessions, gap, hour, weekday, frequency, split }, firstMs) {
  const { offsets, items, timesMs, channels, userIds, vocabulary } = sequences;
  const code = behaviors.map((name) => words.indexOf(name));
  const numEvents = (/** @type {Int32Array} */ starts, /** @type {Int32Array} */ ends) =>
    ends.reduce((sum, end, user) => sum + end - /** @type {number} */ (starts[user]), 0);
  return {
    rowsIn: report.rowsIn,
    usersIn: report.usersIn,
    itemsIn: report.itemsIn,
    ...Object.fromEntries(
      report.dropped.flatMap(({ reason, rows, firstRow }) => [
        [reason, rows],
        [`${reason}, first`, firstRow],
      ]),
    ),
    rowsOut: report.rowsOut,
    usersOut: report.usersOut,
    itemsOut: report.itemsOut,
    sessions: sessions.starts.length - 1,
    training: numEvents(split.trainStarts, split.trainEnds),
    validation: numEvents(split.foldInEnds, split.validationEnds),
    test: numEvents(split.validationEnds, split.testEnds),
    userIds: checksum(userIds.map(Number)),
    itemIds: checksum(vocabulary.itemIds.slice(1).map(Number)),
    offsets: checksum(offsets),
    items: checksum(items),
    behaviors: checksum(channels.behaviors, (value) => /** @type {number} */ (code[value])),
    rows: checksum(channels.rows),
    times: checksum(timesMs ?? [], (value) => value - firstMs),
    sessionStarts: checksum(sessions.starts),
    sessionsOfUsers: checksum(sessions.userOffsets),
    hour: checksum(hour.values),
    weekday: checksum(weekday.values),
    frequency: checksum(frequency.values),
    trainEnds: checksum(split.trainEnds),
    validationEnds: checksum(split.validationEnds),
    firstEvents: gap.values.reduce((sum, value) => sum + Number(Number.isNaN(value)), 0),
    gap: gap.values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0),
  };
}

/**
 * What the columns of the sequences take, without what is made of them.
 *
 * @param {import('behavior-lab/preprocessing/table-sequences').TableSequences} sequences
 */
export function bytesPerEvent({ offsets, items, timesMs, channels }) {
  const arrays = [offsets, items, timesMs, ...Object.values(channels)];
  const bytes = arrays.reduce((sum, array) => sum + (ArrayBuffer.isView(array) ? array.byteLength : 0), 0);
  return bytes / items.length;
}
