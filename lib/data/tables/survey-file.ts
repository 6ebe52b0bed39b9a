import { open } from 'node:fs/promises';
import type { RejectedRows } from '../event';
import { hasHeader, type FileLayout } from './file-layout';
import { readRecords } from './read-records';

/** What is known of a text file before the database reads it. */
export interface FileSurvey {
  /** Of the bytes on disk. */
  readonly sha256: string;
  readonly isGzip: boolean;
  /** Names of its fields. */
  readonly names: readonly string[];
  /** Rows of data, those at fault as well. */
  readonly numRows: number;
  /** Rows that are no records, by reason; `firstRow` is the line in the file. */
  readonly faults: readonly RejectedRows[];
  /** Whether the database reads this file as we do: no row is at fault, and no line end or mark is unusual. */
  readonly isRegular: boolean;
  /** Row n of the data begins on line n + this; `null` where that does not hold. */
  readonly lineOffset: number | null;
  readonly hasQuotedLineEnds: boolean;
}

/**
 * Read a text file once to its end before a database does: is it whole, is it UTF-8, which rows are records, what is its sha256?
 *
 * The database's own reader takes a gzip file that ends too early for a shorter one, and a header after a blank line for a row,
 * and says nothing. What it then reads is compared with the number of rows found here.
 *
 * @throws InputError as `readRecords`
 */
export async function surveyFile(file: string, layout: FileLayout): Promise<FileSurvey> {
  const byReason = new Map<string, { rows: number; firstRow: number }>();
  const { sha256, names, numRows, seen, hasByteOrderMark, firstLine } = await readRecords(
    file,
    layout,
    (_bytes, _start, _end, _number, line, fault) => {
      if (fault === null) return;
      const count = byReason.get(fault);
      if (count) count.rows += 1;
      else byReason.set(fault, { rows: 1, firstRow: line });
    },
  );
  const faults = [...byReason].map(([reason, count]) => ({ reason, ...count }));
  const isOneColumn = layout.kind === 'csv' && names.length === 1;
  const isRegular =
    faults.length === 0 &&
    firstLine === 1 &&
    !seen.cr &&
    !(seen.lf && seen.crlf) &&
    !hasByteOrderMark &&
    !(isOneColumn && seen.blankLines) &&
    (layout.encoding ?? 'utf-8') === 'utf-8';
  const isHeaded = layout.kind !== 'ndjson' && hasHeader(layout);
  return {
    sha256,
    isGzip: await isGzip(file),
    names,
    numRows,
    faults,
    isRegular,
    lineOffset: seen.blankLines || seen.quotedLineEnds ? null : Number(isHeaded),
    hasQuotedLineEnds: seen.quotedLineEnds,
  };
}

/** The lines of the file on which some rows of the data begin. */
export async function linesOfRows(
  file: string,
  layout: FileLayout,
  { lineOffset }: FileSurvey,
  rows: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (lineOffset !== null) return new Map(rows.map((row) => [row, row + lineOffset]));
  const lines = new Map<number, number>();
  const wanted = new Set(rows);
  await readRecords(file, layout, (_bytes, _start, _end, number, line) => {
    if (wanted.has(number)) lines.set(number, line);
  });
  return lines;
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}
