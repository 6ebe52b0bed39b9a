import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { InputError } from '../base/errors';
import { emptyFile, readText } from './read-lines';

/** Longer than any cell of a log: a quote that never closes would otherwise swallow the file. */
const maxRowCharacters = 1 << 20;

/**
 * Read the rows of a CSV file as texts; plain or gzip; quotes as in RFC 4180.
 *
 * The first call gets the header, the others each row with the line it ends on. Blank lines are
 * passed over.
 *
 * @param header names of the columns of a file whose first row is already data
 * @returns sha256 of the bytes on disk
 * @throws InputError for a bad file, a header with a name twice, or broken quotes (whatever `onBadRow` says:
 *   the rows after a broken quote cannot be told apart)
 * @source RFC 4180, "Common Format and MIME Type for CSV Files".
 */
export async function readCsvRows(
  file: string,
  { delimiter = ',', header }: { readonly delimiter?: string; readonly header?: readonly string[] },
  onRow: (values: readonly string[], row: number) => void,
): Promise<string> {
  const hash = createHash('sha256');
  const parser = parse({
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: maxRowCharacters,
  });
  const source = Readable.from(readText(file, hash));
  // csv-parse swallows errors of what is piped into it.
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let isHeader = true;
  try {
    if (header) {
      onRow(refuseTwice(file, header), 0);
      isHeader = false;
    }
    for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
      onRow(isHeader ? refuseTwice(file, record) : record, info.lines);
      isHeader = false;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const row = Number(error['lines']);
    throw new InputError(
      'a quoted text does not begin or end where it should.',
      'Close the quote, double a quote inside a text (""), or check the delimiter.',
      Number.isInteger(row) ? { file, row } : { file },
    );
  } finally {
    source.destroy();
  }
  if (isHeader) throw emptyFile(file);
  return hash.digest('hex');
}

interface CsvRecord {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

function refuseTwice(file: string, header: readonly string[]): string[] {
  const names = header.map((name) => name.trim());
  const twice = names.find((name, column) => names.indexOf(name) !== column);
  if (twice === undefined) return names;
  throw new InputError(`the header names the column '${twice}' twice.`, 'Rename one of them.', {
    file,
    row: 1,
  });
}
