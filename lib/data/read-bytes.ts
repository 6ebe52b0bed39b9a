import type { Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '../base/errors';

/**
 * Read a file, plain or gzip, piece by piece and unpacked; the bytes on disk go into `hash` as they pass.
 *
 * Gzip is recognised by its first bytes, whatever the name.
 *
 * @throws InputError when the file is missing, a folder, may not be read, or is a damaged or truncated gzip
 */
export async function* readBytes(file: string, hash: Hash): AsyncGenerator<Buffer, void, undefined> {
  let handle: FileHandle | undefined;
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
    yield* unpacked as AsyncIterable<Buffer>;
  } catch (error) {
    throw explain(error, file);
  } finally {
    await handle?.close();
  }
}

function explain(error: unknown, file: string): unknown {
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
    default:
      return error;
  }
}
