import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { InputError } from '../../base/errors';
import { asDiskFault } from './disk-fault';

/**
 * Unpack a gzip file to a file that is not there yet.
 *
 * @returns its length
 * @throws InputError for a file that is damaged, cut off, or longer than `maxBytes` unpacked, and for a full or closed disk
 * @source RFC 1952, "GZIP file format specification".
 */
export async function unpackGzip(
  archive: string,
  file: string,
  { maxBytes, onBytes }: { readonly maxBytes: number; readonly onBytes?: (doneBytes: number) => void },
): Promise<number> {
  const remedy = 'Fetch it again; if it happens again, do not trust this file.';
  let doneBytes = 0;
  try {
    await pipeline(
      createReadStream(archive),
      createGunzip(),
      async function* count(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          doneBytes += chunk.length;
          if (doneBytes > maxBytes)
            throw new InputError(`it is longer than ${maxBytes} bytes unpacked.`, remedy, { file: archive });
          onBytes?.(doneBytes);
          yield chunk;
        }
      },
      createWriteStream(file, { flags: 'wx', mode: 0o644 }),
    );
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!code.startsWith('Z_')) throw asDiskFault(error, file);
    throw new InputError(`it cannot be unpacked (${message}).`, remedy, { file: archive });
  }
  return doneBytes;
}
