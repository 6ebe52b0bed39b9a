import { isUtf8 } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import { InputError } from '../../base/errors';
import { readBytes } from '../read-bytes';
import { emptyFile, notUtf8 } from '../read-lines';
import { hasHeader, type FileLayout } from './file-layout';
import { createRecordSplitter, type RecordFault, type SeenBetweenRows } from './record-splitter';
import type { FieldRules } from './row-bytes';

/** Why a row of a text file could not be taken as a record. */
export type RowFault = RecordFault | 'too few columns' | 'too many columns';

/** Take row `number` of the data, from 1: `bytes[start..end)`, which begins on line `line` of the file. */
export type TakeRow = (
  bytes: Buffer,
  start: number,
  end: number,
  number: number,
  line: number,
  fault: RowFault | null,
) => void;

/** What reading a text file to its end tells. */
export interface ReadRecords {
  /** Of the bytes on disk. */
  readonly sha256: string;
  /** Names of the fields: those of the header, where there is one. */
  readonly names: readonly string[];
  /** Rows of data, those at fault as well. */
  readonly numRows: number;
  readonly seen: Readonly<SeenBetweenRows>;
  readonly hasByteOrderMark: boolean;
  /** The line of the first row, header or not; above 1 where blank lines come first. */
  readonly firstLine: number;
}

/**
 * Read the rows of a text file, plain or gzip, by the grammar of `createRecordSplitter`, without holding the file in memory.
 *
 * `afterPiece` is awaited after each piece of the file.
 *
 * @throws InputError when the file is missing, empty, not in its encoding, or damaged, or its header names a field twice
 */
export async function readRecords(
  file: string,
  layout: FileLayout,
  takeRow: TakeRow,
  afterPiece?: () => Promise<void>,
): Promise<ReadRecords> {
  const rules = rulesOf(layout);
  let names: readonly string[] | null =
    hasHeader(layout) && rules.kind !== 'lines' ? null : (layout.fields ?? []);
  let numRows = 0;
  let firstLine = 0;
  const splitter = createRecordSplitter(rules, (bytes, start, end, numFields, line, fault) => {
    firstLine ||= line;
    if (names === null) {
      if (fault !== null)
        throw new InputError(`the header has a fault: ${fault}.`, 'Correct it.', { file, row: line });
      names = headerOf(bytes.toString('utf8', start, end), rules);
      refuseTwice(file, line, names);
      return;
    }
    numRows += 1;
    takeRow(bytes, start, end, numRows, line, fault ?? columnFault(rules, numFields, names.length));
  });
  const hash = createHash('sha256');
  let isFirst = true;
  let hasByteOrderMark = false;
  for await (const piece of readUtf8(file, layout, hash, () => splitter.line)) {
    const isMarked = isFirst && piece.subarray(0, 3).equals(byteOrderMark);
    splitter.push(isMarked ? piece.subarray(3) : piece);
    hasByteOrderMark ||= isMarked;
    isFirst = false;
    await afterPiece?.();
  }
  splitter.end();
  await afterPiece?.();
  if (firstLine === 0) throw emptyFile(file);
  return {
    sha256: hash.digest('hex'),
    names: names ?? [],
    numRows,
    seen: splitter.seen,
    hasByteOrderMark,
    firstLine,
  };
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

function rulesOf({ kind, delimiter = ',', quote = '"' }: FileLayout): FieldRules {
  if (kind === 'csv') return { kind, delimiter, quote };
  return kind === 'blanks' ? { kind } : { kind: 'lines' };
}

function columnFault({ kind }: FieldRules, found: number, wanted: number): RowFault | null {
  if (kind === 'lines' || found === wanted) return null;
  return found < wanted ? 'too few columns' : 'too many columns';
}

/** The names in a header that follows the grammar. */
function headerOf(text: string, rules: FieldRules): string[] {
  if (rules.kind !== 'csv') return text.trim().split(/[ \t]+/);
  const { delimiter, quote } = rules;
  const names: string[] = [];
  for (let at = 0; at <= text.length; at += delimiter.length) {
    let end = at;
    if (quote !== '' && text[at] === quote) {
      for (end = at + 1; text[end] !== quote || text[end + 1] === quote; end += 1)
        if (text[end] === quote) end += 1;
      names.push(
        text
          .slice(at + 1, end)
          .replaceAll(quote + quote, quote)
          .trim(),
      );
      end += 1;
    } else {
      end = text.indexOf(delimiter, at);
      if (end === -1) end = text.length;
      names.push(text.slice(at, end).trim());
    }
    at = end;
  }
  return names;
}

function refuseTwice(file: string, row: number, names: readonly string[]): void {
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new InputError(`the header names the column '${twice}' twice.`, 'Rename one of them.', { file, row });
}

/** The pieces of a text file as UTF-8, cut between characters. */
async function* readUtf8(
  file: string,
  { encoding = 'utf-8' }: FileLayout,
  hash: Hash,
  lineSoFar: () => number,
): AsyncGenerator<Buffer, void, undefined> {
  let carry: Buffer = Buffer.alloc(0);
  for await (const piece of readBytes(file, hash)) {
    if (encoding === 'latin-1') {
      yield Buffer.from(piece.toString('latin1'));
      continue;
    }
    const bytes = carry.length === 0 ? piece : Buffer.concat([carry, piece]);
    const end = wholeCharacters(bytes);
    const whole = bytes.subarray(0, end);
    if (!isUtf8(whole)) throw notUtf8(file, lineSoFar());
    carry = bytes.subarray(end);
    yield whole;
  }
  if (carry.length > 0) throw notUtf8(file, lineSoFar());
}

/** How many bytes come before a character that is cut at the end. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? bytes.length - back : bytes.length;
    }
    if (byte < 0x80) break;
  }
  return bytes.length;
}
