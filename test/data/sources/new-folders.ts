import { mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../temporary-folder';

/** What makes a new folder each time, all gone after the tests of the file. */
export function newFolders(): () => string {
  const around = dirname(temporaryFolder()('of-this-test', ''));
  return () => mkdtempSync(join(around, 'folder-'));
}
