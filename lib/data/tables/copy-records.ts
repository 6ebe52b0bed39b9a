import { open } from 'node:fs/promises';
import { InputError } from '../../base/errors';
import type { FileLayout } from './file-layout';
import { readRecords } from './read-records';

/** Bytes that are written at once. */
const bytesOfPiece = 1 << 20;

/**
 * Copy the rows of a text file that are records, each as it is behind its number, with LF at its end and no header.
 *
 * @param between what stands between the number and the row
 * @throws InputError as `readRecords`, and when the disk is full
 */
export async function copyRecords(
  file: string,
  layout: FileLayout,
  between: string,
  target: string,
): Promise<void> {
  const handle = await open(target, 'wx');
  const lineEnd = Buffer.from('\n');
  let pieces: Buffer[] = [];
  let waiting = 0;
  const flush = async (least: number): Promise<void> => {
    if (waiting <= least) return;
    await handle.writeFile(Buffer.concat(pieces));
    pieces = [];
    waiting = 0;
  };
  try {
    await readRecords(
      file,
      layout,
      (bytes, start, end, number, _line, fault) => {
        if (fault !== null) return;
        const head = Buffer.from(`${number}${between}`);
        pieces.push(head, bytes.subarray(start, end), lineEnd);
        waiting += head.length + end - start + 1;
      },
      () => flush(bytesOfPiece),
    );
    await flush(0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new InputError(
      'there is no room left on the disk for a copy of its readable rows.',
      'Make room, or name another disk with temporaryFolder.',
      { file },
    );
  } finally {
    await handle.close();
  }
}
