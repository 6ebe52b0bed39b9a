import { resolve } from 'node:path';

/** The folder of the project: two above this file, as source (lib/notebook) and as built (dist/notebook). */
export const projectRoot = resolve(__dirname, '../..');
