import { InputError } from '../../base/errors';

const full = ['ENOSPC', 'EDQUOT'];
const forbidden = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ENOENT'];

/**
 * What the operating system says of a file or a disk, as an error that the user can put right; any other error as it is.
 *
 * @param path what was being read or written
 */
export function asDiskFault(error: unknown, path: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || code === undefined) return error;
  const elsewhere = 'or set BEHAVIOR_LAB_CACHE to a folder elsewhere';
  if (full.includes(code)) {
    const remedy = `Free some space, ${elsewhere}, then run the same command again: it goes on where it was.`;
    return new InputError('the disk is full.', remedy, { file: path });
  }
  if (forbidden.includes(code)) {
    const remedy = `Check the path and its rights, ${elsewhere}.`;
    return new InputError(`the file cannot be used (${message}).`, remedy, { file: path });
  }
  return error;
}
