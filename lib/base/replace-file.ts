import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { InputError } from './errors';

/**
 * Write a file so that a reader sees the old one or the new one, never half of one.
 *
 * The parts are written beside it, flushed to the disk, and the name is moved over in one step.
 *
 * @throws InputError when the disk is full or the folder cannot be written; then the old file stands untouched
 */
export function replaceFile(file: string, parts: readonly Uint8Array[]): void {
  const beside = `${file}.${process.pid}.partial`;
  try {
    const handle = openSync(beside, 'w');
    try {
      for (const part of parts) {
        for (let done = 0; done < part.length;) done += writeSync(handle, part, done, part.length - done);
      }
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === 'ENOSPC'
      ? new InputError(
          'the disk is full; the file that stood there before is untouched.',
          'Free some space and resume.',
          { file },
        )
      : new InputError(
          `the file cannot be written (${message}).`,
          'Check that the folder exists and can be written.',
          { file },
        );
  }
}
