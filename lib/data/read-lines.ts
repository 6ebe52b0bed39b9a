import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '../base/errors';

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
  let handle: FileHandle | undefined;
  let linesSoFar = 1;
  try {
    handle = await open(file);
    const start = Buffer.alloc(2);
    const { bytesRead } = await handle.read(start, 0, 2, 0);
    const isGzip = bytesRead === 2 && start[0] === 0x1f && start[1] === 0x8b;
    if (file.endsWith('.gz') && bytesRead > 0 && !isGzip) {
      throw new InputError('the name ends in .gz but the file is not gzip.', 'Rename it or pack it again.', {
        file,
      });
    }
    const bytes = handle.createReadStream({ start: 0, autoClose: false, highWaterMark: 1 << 18 });
    bytes.on('data', (chunk) => hash.update(chunk));
    // Errors of the pipeline surface where the unpacked bytes are read.
    const unpacked = isGzip ? pipeline(bytes, createGunzip({ chunkSize: 1 << 18 }), () => {}) : bytes;

    const decoder = new TextDecoder('utf-8', { fatal: true });
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      const text = decoder.decode(chunk, { stream: true });
      yield text;
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) linesSoFar += 1;
    }
    yield decoder.decode();
  } catch (error) {
    throw explain(error, file, linesSoFar);
  } finally {
    await handle?.close();
  }
}

function explain(error: unknown, file: string, row: number): unknown {
  const place = { file };
  switch (String((error as NodeJS.ErrnoException).code)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new InputError('there is no such file.', 'Check the path and the spelling.', place);
    case 'EISDIR':
      return new InputError('this is a folder, not a file.', 'Name a file inside it.', place);
    case 'EACCES':
    case 'EPERM':
      return new InputError('the file may not be read.', 'Ask for permission to read it.', place);
    case 'Z_BUF_ERROR':
      return new InputError(
        'the gzip file ends too early: it is truncated.',
        'Copy or download it again.',
        place,
      );
    case 'Z_DATA_ERROR':
      return new InputError('the gzip file is damaged.', 'Copy or download it again.', place);
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return new InputError(`the text at or after row ${row} is not UTF-8.`, 'Save it as UTF-8.', place);
    default:
      return error;
  }
}
