import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { InputError } from '../../base/errors';
import { asDiskFault } from './disk-fault';
import type { Checksum } from './source';

/**
 * The checksum of a file, in lower case; read piece by piece.
 *
 * @throws InputError when the file cannot be read
 */
export async function checksumOf(
  file: string,
  algorithm: Checksum['algorithm'],
  onBytes?: (doneBytes: number) => void,
): Promise<string> {
  const hash = createHash(algorithm);
  let done = 0;
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      done += chunk.length;
      onBytes?.(done);
    }
  } catch (error) {
    throw asDiskFault(error, file);
  }
  return hash.digest('hex');
}

/**
 * Compare a file with its published checksum.
 *
 * @param remedy what to do when it differs
 * @throws InputError when it differs, naming both
 */
export async function expectChecksum(
  file: string,
  { algorithm, hex }: Checksum,
  remedy: string,
  onBytes?: (doneBytes: number) => void,
): Promise<void> {
  const found = await checksumOf(file, algorithm, onBytes);
  if (found === hex) return;
  throw new InputError(`its ${algorithm} is ${found}, and ${hex} is published.`, remedy, { file });
}
