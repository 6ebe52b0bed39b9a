import { InputError } from '../base/errors';
import type { EventLog } from './event';
import { readCsv, type CsvOptions } from './read-csv';
import { readPairs, type PairsOptions } from './read-pairs';
import { readRecbole, type RecboleOptions } from './read-recbole';
import { readSequences, type SequencesOptions } from './read-sequences';

/** The formats a log can be read from. */
export const logFormats = ['pairs', 'sequences', 'recbole', 'csv'] as const;
export type LogFormat = (typeof logFormats)[number];

/** A format together with the options of its reader. */
export type ReadLogOptions =
  | ({ readonly format: 'pairs' } & PairsOptions)
  | ({ readonly format: 'sequences' } & SequencesOptions)
  | ({ readonly format: 'recbole' } & RecboleOptions)
  | ({ readonly format: 'csv' } & CsvOptions);

/**
 * Read an event log from a file; gzip is unpacked on the way.
 *
 * | format | a line |
 * |---|---|
 * | `pairs` | `user item`, in time order |
 * | `sequences` | `user item item ...`, oldest first |
 * | `recbole` | RecBole's `.inter` with a typed header |
 * | `csv` | named columns, see `CsvOptions` |
 *
 * Events stay in file order. Nothing is cleaned here: see `cleanLog`.
 *
 * @throws InputError naming file, row and remedy for whatever cannot be read
 */
export function readLog(file: string, options: ReadLogOptions): Promise<EventLog> {
  switch (options.format) {
    case 'pairs':
      return readPairs(file, options);
    case 'sequences':
      return readSequences(file, options);
    case 'recbole':
      return readRecbole(file, options);
    case 'csv':
      return readCsv(file, options);
  }
  // Reached from JavaScript or a command line only.
  const { format } = options as { format: unknown };
  throw new InputError(`there is no format '${String(format)}'.`, `Choose one of ${logFormats.join(', ')}.`);
}
