import { InputError } from '../../base/errors';
import type { FieldSql } from './cells';
import { quoteName, quoteText, type Database } from './database';
import { hasHeader, type FileLayout } from './file-layout';
import { longestRow } from './record-splitter';
import type { FileSurvey } from './survey-file';

/** A file as the database sees it. */
export interface ScannedFile {
  /** What stands behind FROM. */
  readonly from: string;
  /** SQL of the row's number in the file, from 1. */
  readonly row: string;
  /** Its fields by name, as SQL expressions. */
  readonly fields: ReadonlyMap<string, FieldSql>;
  /** SQL condition of a row that is no JSON object; `null` where there are none. */
  readonly isBroken: string | null;
}

/** Of a text file, which file holds its rows. */
export interface TextSource {
  readonly file: string;
  readonly survey: FileSurvey;
  /** It is a copy as `copyRecords` writes it. */
  readonly isCopy: boolean;
}

/** What stands between the number and the row in a copy of a file that has one field a row, and in no row. */
export const unitSeparator = '\x1f';

/** Describe a text file to the database. `names` are the fields that are asked for. */
export function scanText(source: TextSource, layout: FileLayout, names: readonly string[]): ScannedFile {
  if (layout.kind === 'ndjson') return scanNdjson(source, names);
  return layout.kind === 'blanks' ? scanBlanks(source, layout) : scanCsv(source, layout);
}

/**
 * Describe a Parquet file to the database.
 *
 * @throws InputError when it cannot be opened
 */
export async function scanParquet(database: Database, file: string): Promise<ScannedFile> {
  const from = `read_parquet(${pathText(file)}, file_row_number = true)`;
  const columns = await database
    .rows<{ column_name: string; column_type: string }>(`DESCRIBE SELECT * FROM ${from}`)
    .catch(() => {
      throw new InputError(
        'this is not a Parquet file, or it is damaged.',
        'Write it again, or check its format.',
        { file },
      );
    });
  const fields = columns.map(
    ({ column_name: name, column_type: type }) => [name, { sql: quoteName(name), type }] as const,
  );
  return { from, row: 'file_row_number + 1', fields: new Map(fields), isBroken: null };
}

/** A path as an SQL literal, its brackets and stars taken literally. */
const pathText = (file: string): string => quoteText(file.replace(/[[*?]/g, '[$&]'));

function readCsvSql(
  { file, survey, isCopy }: TextSource,
  columns: readonly string[],
  options: readonly string[],
): string {
  const all = [
    ...options,
    `columns = {${columns.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ')}}`,
    'auto_detect = false',
    `compression = ${quoteText(survey.isGzip && !isCopy ? 'gzip' : 'none')}`,
    // A thread that begins within quotes would have to guess.
    `parallel = ${!survey.hasQuotedLineEnds}`,
    `max_line_size = ${2 * longestRow}`,
  ];
  return `read_csv(${pathText(file)}, ${all.join(', ')})`;
}

const rowOf = (isCopy: boolean): string => (isCopy ? 'CAST(number AS BIGINT)' : 'row_number() OVER ()');

function scanCsv(source: TextSource, layout: FileLayout): ScannedFile {
  const { delimiter = ',', quote = '"' } = layout;
  const { names } = source.survey;
  // Names of the file are not those of the database, which takes `Item` and `item` for the same.
  const columns = names.map((_, index) => `c${index}`);
  const options = [
    `delim = ${quoteText(delimiter)}`,
    `quote = ${quoteText(quote)}`,
    `escape = ${quoteText(quote)}`,
    `header = ${!source.isCopy && hasHeader(layout)}`,
    `strict_mode = ${quote !== ''}`,
  ];
  return {
    from: readCsvSql(source, source.isCopy ? ['number', ...columns] : columns, options),
    row: rowOf(source.isCopy),
    fields: new Map(names.map((name, index) => [name, { sql: columns[index]!, type: 'VARCHAR' }])),
    isBroken: null,
  };
}

/** The lines of a file in the column `line`, without blank ones. */
function linesSql(source: TextSource, skipHeader: boolean): string {
  const columns = source.isCopy ? ['number', 'line'] : ['line'];
  const options = [
    `delim = chr(${unitSeparator.charCodeAt(0)})`,
    "quote = ''",
    "escape = ''",
    `header = ${skipHeader && !source.isCopy}`,
    'strict_mode = false',
  ];
  return `(SELECT * FROM ${readCsvSql(source, columns, options)} WHERE trim(line, ' \t') <> '')`;
}

function scanBlanks(source: TextSource, layout: FileLayout): ScannedFile {
  const number = source.isCopy ? 'number, ' : '';
  return {
    from: `(SELECT ${number}string_split_regex(trim(line, ' \t'), '[ \t]+') AS parts FROM ${linesSql(source, hasHeader(layout))})`,
    row: rowOf(source.isCopy),
    fields: new Map(
      source.survey.names.map((name, index) => [name, { sql: `parts[${index + 1}]`, type: 'VARCHAR' }]),
    ),
    isBroken: null,
  };
}

function scanNdjson(source: TextSource, names: readonly string[]): ScannedFile {
  const number = source.isCopy ? 'number, ' : '';
  const pointers = names.map((name) => quoteText(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`));
  // The order of the tests counts: what is no JSON would stop the query.
  const parts = `CASE WHEN json_valid(line) THEN CASE WHEN json_type(line) = 'OBJECT'
    THEN json_extract_string(line, [${pointers.join(', ')}]) END END`;
  return {
    from: `(SELECT ${number}${parts} AS parts FROM ${linesSql(source, false)})`,
    row: rowOf(source.isCopy),
    fields: new Map(names.map((name, index) => [name, { sql: `parts[${index + 1}]`, type: 'VARCHAR' }])),
    isBroken: 'parts IS NULL',
  };
}
