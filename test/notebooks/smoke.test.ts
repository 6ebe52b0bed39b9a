import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, runScript } from './fixture';

const notebooks = readdirSync(join(root, 'notebooks'))
  .filter((name) => name.endsWith('.ipynb'))
  .sort();

/** No reader waits longer than this for a notebook with SMOKE=1, in seconds. An idle machine needs a third of it. */
const longest = '60';

describe('notebooks', () => {
  it('there are some', () => {
    expect(notebooks).not.toEqual([]);
  });

  // One after the other, in their order: a later one finds what an earlier one has made.
  it.each(notebooks)('%s runs with SMOKE=1', { timeout: 150_000 }, (name) => {
    const { status, output } = runScript('run.mjs', [name, '--smoke', '--within', longest]);
    expect(output).toContain('All 1 notebooks ran');
    expect(status).toBe(0);
  });
});
