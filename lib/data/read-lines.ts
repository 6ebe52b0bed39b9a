import { createHash, type Hash } from 'node:crypto';
import { InputError } from '../base/errors';
import { readBytes } from './read-bytes';

/** What reading a file to its end tells about it. */
export interface ReadFile {
  /** Of the bytes on disk, before any unpacking. */
  readonly sha256: string;
  /** Lines that hold something. */
  readonly rows: number;
}

/**
 * Read a text file, plain or gzip, line after line, without holding it in memory.
 *
 * Gzip is recognised by its first bytes, whatever the name. Blank lines are
 * passed over; `row` counts all lines from 1. A byte order mark and carriage
 * returns are taken off.
 *
 * @throws InputError when the file is missing, empty, a folder, not UTF-8, or a damaged or truncated gzip
 */
export async function readLines(
  file: string,
  onLine: (line: string, row: number) => void,
): Promise<ReadFile> {
  const hash = createHash('sha256');
  let carry = '';
  let row = 0;
  let rows = 0;
  const take = (line: string): void => {
    row += 1;
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (text.trim() === '') return;
    rows += 1;
    onLine(text, row);
  };

  for await (const chunk of readText(file, hash)) {
    const lines = (carry + chunk).split('\n');
    carry = lines.pop()!;
    for (const line of lines) take(line);
  }
  if (carry !== '') take(carry);
  if (rows === 0) throw emptyFile(file);
  return { sha256: hash.digest('hex'), rows };
}

/** The error for a file that holds nothing. */
export function emptyFile(file: string): InputError {
  return new InputError('the file is empty.', 'Export it again, or check that the right file is named.', {
    file,
  });
}

/**
 * Read a UTF-8 text file, plain or gzip, piece by piece; the bytes on disk go into `hash` as they pass.
 *
 * @throws InputError as `readLines`, but an empty file yields nothing
 */
export async function* readText(file: string, hash: Hash): AsyncGenerator<string, void, undefined> {
  let linesSoFar = 1;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw notUtf8(file, linesSoFar);
    }
  };
  for await (const chunk of readBytes(file, hash)) {
    const text = decode(chunk);
    yield text;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) linesSoFar += 1;
  }
  yield decode();
}

/** The error for a text that is not UTF-8. */
export function notUtf8(file: string, row: number): InputError {
  return new InputError(`the text at or after row ${row} is not UTF-8.`, 'Save it as UTF-8.', { file });
}
