import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { InputError } from '../../base/errors';
import { emptyFile } from '../read-lines';

/**
 * The sha256 of a file that is not text.
 *
 * @throws InputError when the file is missing, empty or a folder
 */
export async function hashFile(file: string): Promise<string> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
      throw new InputError('there is no such file.', 'Check the path and the spelling.', { file });
    }
    throw error;
  });
  if (found.isDirectory())
    throw new InputError('this is a folder, not a file.', 'Name a file inside it.', { file });
  if (found.size === 0) throw emptyFile(file);
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(bytes as Buffer);
  return hash.digest('hex');
}
