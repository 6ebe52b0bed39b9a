import { constants, copyFileSync, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../../base/errors';
import { asDiskFault } from './disk-fault';
import type { SourceProgress } from './download';
import type { DataSource } from './source';
import { unpackGzip } from './unpack-gzip';
import { unpackZip } from './unpack-zip';

/** What a file is, by its first bytes, whatever its name. */
export type FileKind = 'zip' | 'gzip' | '7z' | 'web page' | 'plain';

/** What a file is. @throws InputError when it cannot be read */
export async function kindOf(file: string): Promise<FileKind> {
  const head = Buffer.alloc(64);
  try {
    const handle = await open(file, 'r');
    try {
      await handle.read(head, 0, head.length, 0);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw asDiskFault(error, file);
  }
  const hex = head.toString('hex');
  if (hex.startsWith('504b0304') || hex.startsWith('504b0506')) return 'zip';
  if (hex.startsWith('1f8b')) return 'gzip';
  if (hex.startsWith('377abcaf271c')) return '7z';
  return /^\s*<(!doctype|html)/i.test(head.toString('latin1')) ? 'web page' : 'plain';
}

/**
 * Put what a file holds into the folder of a set: a zip or a gzip is unpacked, one of the set's own files is copied.
 *
 * @throws InputError for a 7z, a web page, a plain file that the set does not hold, and whatever cannot be unpacked safely
 */
export async function unpackFile(
  file: string,
  folder: string,
  { holds, maxBytes }: Pick<DataSource, 'holds' | 'maxBytes'>,
  onProgress?: (progress: SourceProgress) => void,
): Promise<void> {
  const onBytes = (doneBytes: number, totalBytes: number | null = null): void =>
    onProgress?.({ phase: 'unpack', doneBytes, totalBytes });
  const kind = await kindOf(file);
  const refuse = (problem: string, remedy: string): never => {
    throw new InputError(problem, remedy, { file });
  };
  switch (kind) {
    case 'zip':
      await unpackZip(file, folder, { maxBytes, onBytes });
      return;
    case 'gzip':
    case 'plain': {
      const name = kind === 'gzip' ? basename(file, '.gz') : basename(file);
      const held = [basename(file), name].find((one) => holds.includes(one));
      if (held === undefined)
        return refuse(`'${name}' is no file of this set.`, `Name its archive, or ${holds.join(', ')}.`);
      const target = join(folder, held);
      try {
        mkdirSync(dirname(target), { recursive: true });
        // A set that holds NAME.csv.gz keeps it packed.
        if (kind === 'gzip' && held !== basename(file)) await unpackGzip(file, target, { maxBytes, onBytes });
        else copyFileSync(file, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
      } catch (error) {
        throw asDiskFault(error, target);
      }
      return;
    }
    case '7z':
      return refuse('a 7z archive cannot be unpacked here.', unpack7z(file, holds));
    case 'web page':
      return refuse(
        'it is a web page and no data.',
        'Sign in with a browser, fetch the file itself and try again.',
      );
  }
}

/** How to unpack what this project cannot. */
export function unpack7z(file: string, holds: readonly string[]): string {
  return `Unpack it with \`7z x ${file}\` (7-Zip, p7zip) and run the command with --from ${holds.join(' --from ')}`;
}
