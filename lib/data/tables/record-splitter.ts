import {
  byteKind,
  closingQuote,
  cr,
  isBlank,
  kindsOfBytes,
  lf,
  lineEndFrom,
  wordsOf,
  type FieldRules,
} from './row-bytes';

/** Why a row is no record. */
export type RecordFault = 'broken quotes' | 'row too long' | 'control character';

/** A row with more bytes is refused: a quote that never closes would otherwise swallow the file. */
export const longestRow = 1 << 20;

/** Take a row: `bytes[start..end)` without its line end, how many fields it has, and the line it begins on, from 1. */
export type TakeRecord = (
  bytes: Buffer,
  start: number,
  end: number,
  numFields: number,
  line: number,
  fault: RecordFault | null,
) => void;

/** What a file had between its rows. */
export interface SeenBetweenRows {
  lf: boolean;
  crlf: boolean;
  /** A carriage return alone. */
  cr: boolean;
  blankLines: boolean;
  quotedLineEnds: boolean;
}

/** Cuts a text that comes in pieces into rows. */
export interface RecordSplitter {
  push(bytes: Buffer): void;
  end(): void;
  /** The line that the next row begins on. */
  readonly line: number;
  readonly seen: Readonly<SeenBetweenRows>;
}

/**
 * Cut a text into rows by one fixed grammar, and tell the rows that do not follow it.
 *
 * A row ends with LF, CRLF or CR outside quotes. Only a field that begins with a quote is quoted; it ends with a quote that a
 * delimiter or the end of the row follows; a quote within is doubled. Blank lines are no rows. A row with broken quotes is the
 * line on which it begins, and reading goes on at the next line. Where the pieces are cut changes nothing.
 *
 * @source RFC 4180, "Common Format and MIME Type for CSV Files", section 2.
 */
export function createRecordSplitter(rules: FieldRules, take: TakeRecord): RecordSplitter {
  const delimiter = Buffer.from(rules.kind === 'csv' ? rules.delimiter : '');
  const quote = rules.kind === 'csv' && rules.quote !== '' ? Buffer.from(rules.quote)[0]! : -1;
  const isCsv = rules.kind === 'csv';
  const kinds = kindsOfBytes(rules, delimiter, quote);
  const seen: SeenBetweenRows = {
    lf: false,
    crlf: false,
    cr: false,
    blankLines: false,
    quotedLineEnds: false,
  };
  let line = 1;
  let carry: Buffer = Buffer.alloc(0);
  /** Within a row that is too long and has been told. */
  let isSkipping = false;

  /** Where the line end at `at` stops; -1 when that cannot be told yet. */
  const afterLineEnd = (bytes: Buffer, at: number, isLast: boolean): number => {
    if (bytes[at] === lf) return at + 1;
    if (at + 1 < bytes.length) return bytes[at + 1] === lf ? at + 2 : at + 1;
    return isLast ? at + 1 : -1;
  };
  const note = (bytes: Buffer, at: number, after: number): void => {
    if (after === at + 2) seen.crlf = true;
    else if (bytes[at] === lf) seen.lf = true;
    else seen.cr = true;
  };
  const isDelimiter = (bytes: Buffer, at: number): boolean => {
    for (let index = 1; index < delimiter.length; index += 1) {
      if (bytes[at + index] !== delimiter[index]) return false;
    }
    return true;
  };

  /** Give the first line from `start` as a row at fault. @returns where to go on; -1 when more bytes are needed */
  const refuseLine = (bytes: Buffer, start: number, isLast: boolean): number => {
    const end = lineEndFrom(bytes, start);
    const after = end === -1 ? -1 : afterLineEnd(bytes, end, isLast);
    if (after === -1 && !isLast) {
      if (bytes.length - start <= longestRow + 1) return -1;
      take(bytes, start, start, 0, line, 'row too long');
      isSkipping = true;
      return start;
    }
    const stop = end === -1 ? bytes.length : end;
    take(bytes, start, stop, 0, line, stop - start > longestRow ? 'row too long' : 'broken quotes');
    if (end === -1) return stop;
    note(bytes, end, after);
    line += 1;
    return after;
  };

  /** What `scanRow` found: where the row ends, where the next begins, and what is in it. */
  const row = { end: 0, after: 0, numFields: 1, quotedLines: 0, hasControl: false };

  /** Find the end of the row at `start`. @returns `cut` when more bytes are needed */
  const scanRow = (bytes: Buffer, start: number, isLast: boolean): 'whole' | 'broken' | 'cut' => {
    const size = bytes.length;
    const isLong = size - start > longestRow + 1;
    Object.assign(row, { after: size, numFields: 1, quotedLines: 0, hasControl: false });
    let fieldStart = start;
    let at = start;
    for (; at < size;) {
      const kind = kinds[bytes[at]!];
      if (kind === byteKind.ordinary) {
        at += 1;
      } else if (kind === byteKind.control) {
        row.hasControl = true;
        at += 1;
      } else if (kind === byteKind.delimiter) {
        if (at + delimiter.length > size && !isLast) return 'cut';
        const isWhole = isDelimiter(bytes, at);
        at += isWhole ? delimiter.length : 1;
        if (!isWhole) continue;
        row.numFields += 1;
        fieldStart = at;
      } else if (kind === byteKind.quote) {
        if (at !== fieldStart) return 'broken';
        const close = closingQuote(bytes, at, quote, isLast);
        if (close === -1) return isLast || isLong ? 'broken' : 'cut';
        lookInto(bytes, at + 1, close);
        at = close + 1;
        if (at === size) break;
        const next = kinds[bytes[at]!];
        if (next === byteKind.delimiter && at + delimiter.length > size && !isLast) return 'cut';
        const isField = next === byteKind.delimiter && isDelimiter(bytes, at);
        if (!isField && next !== byteKind.lineFeed && next !== byteKind.carriageReturn) return 'broken';
      } else {
        row.after = afterLineEnd(bytes, at, isLast);
        if (row.after === -1) return 'cut';
        break;
      }
    }
    row.end = at;
    if (at >= size && !isLast) return isLong ? 'broken' : 'cut';
    return at - start > longestRow ? 'broken' : 'whole';
  };

  /** Note what a quoted text holds. */
  const lookInto = (bytes: Buffer, from: number, to: number): void => {
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at]!;
      if (byte === lf || (byte === cr && bytes[at + 1] !== lf)) row.quotedLines += 1;
      else if (byte === 0) row.hasControl = true;
    }
  };

  /** Pass over the rest of a row that is too long. @returns where to go on */
  const skip = (bytes: Buffer, start: number, isLast: boolean): number => {
    const end = lineEndFrom(bytes, start);
    if (end === -1) return bytes.length;
    const after = afterLineEnd(bytes, end, isLast);
    if (after === -1) return end;
    isSkipping = false;
    line += 1;
    return after;
  };

  /** Take all whole rows of `bytes`. @returns how many bytes that were */
  const split = (bytes: Buffer, isLast: boolean): number => {
    let start = 0;
    while (start < bytes.length) {
      if (isSkipping) {
        start = skip(bytes, start, isLast);
        // At the end, or before a line end that may go on.
        if (isSkipping) return start;
        continue;
      }
      const found = scanRow(bytes, start, isLast);
      if (found === 'cut') return start;
      if (found === 'broken') {
        const next = refuseLine(bytes, start, isLast);
        if (next === -1) return start;
        start = next;
        continue;
      }
      const { end, after, numFields, quotedLines, hasControl } = row;
      if (after > end) note(bytes, end, after);
      if (isBlank(bytes, start, end, isCsv)) {
        seen.blankLines = true;
      } else {
        if (quotedLines > 0) seen.quotedLineEnds = true;
        const fields = rules.kind === 'blanks' ? wordsOf(bytes, start, end) : numFields;
        take(bytes, start, end, fields, line, hasControl ? 'control character' : null);
      }
      line += quotedLines + 1;
      start = after;
    }
    return bytes.length;
  };

  return {
    push(bytes) {
      const all = carry.length === 0 ? bytes : Buffer.concat([carry, bytes]);
      carry = all.subarray(split(all, false));
    },
    end() {
      split(carry, true);
      carry = Buffer.alloc(0);
    },
    get line() {
      return line;
    },
    seen,
  };
}
