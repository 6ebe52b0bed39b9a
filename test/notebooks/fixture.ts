import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(__dirname, '../..');

interface Cell {
  readonly code: string;
  readonly tags?: readonly string[];
}

/** Write a notebook of these code cells, with a line of text before them. */
export function writeNotebook(folder: string, name: string, cells: readonly (string | Cell)[]): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.ipynb`);
  const notebook = {
    cells: [
      { cell_type: 'markdown', id: 'text', metadata: {}, source: ['# A fixture'] },
      ...cells.map((cell, i) => {
        const { code, tags } = typeof cell === 'string' ? { code: cell, tags: undefined } : cell;
        return {
          cell_type: 'code',
          execution_count: null,
          id: `cell-${i}`,
          metadata: tags ? { tags } : {},
          outputs: [],
          source: code.split(/(?<=\n)/),
        };
      }),
    ],
    metadata: { kernelspec: { display_name: 'TypeScript', language: 'typescript', name: 'tslab' } },
    nbformat: 4,
    nbformat_minor: 5,
  };
  writeFileSync(file, `${JSON.stringify(notebook, null, 1)}\n`);
  return file;
}

/** Run a script of scripts/notebooks and wait for its end. */
export function runScript(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'scripts', 'notebooks', script), ...args],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, SMOKE: '', ...env },
      timeout: 240_000,
    },
  );
  return { status, output: `${stdout}${stderr}` };
}
