import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLog } from '../../../lib/data/read-log';
import { readShopTruth } from '../../../lib/data/shop/read-truth';
import { temporaryFolder } from '../temporary-folder';

const root = join(__dirname, '..', '..', '..');
const folder = dirname(temporaryFolder()('x', ''));
const run = (options: readonly string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(
    process.execPath,
    ['-r', 'ts-node/register/transpile-only', join(root, 'scripts', 'shop.ts'), ...options],
    { cwd: root, encoding: 'utf8' },
  );

describe('npm run shop', () => {
  it('writes a log that is read like any other, with its truth beside it', async () => {
    const out = join(folder, 'full');
    const size = ['--users', '30', '--items', '45', '--days', '14', '--seed', '7', '--language', 'zh'];
    const { status, stdout, stderr } = run(['--out', out, '--name', 'mine', ...size]);
    expect({ status, stderr: stderr.split('\n').slice(0, 2) }).toEqual({
      status: 0,
      stderr: ['day 4 of 14', 'day 7 of 14'],
    });
    expect(readdirSync(out)).toHaveLength(7);
    const log = await readLog(join(out, 'mine.csv'), { format: 'csv' });
    const { truth, seed } = await readShopTruth(out, 'mine');
    expect(stdout).toContain(`mine.csv: ${log.events.length} events, 30 users, 45 items`);
    expect(stdout).toContain(`planted: ${truth.exposures.length} exposures`);
    expect([seed, truth.options.users, truth.options.language]).toEqual([7, 30, 'zh']);
    expect(log.events.some(({ query }) => /\p{Script=Han}/u.test(query ?? ''))).toBe(true);
  });

  it('makes the plain shop too', () => {
    const out = join(folder, 'plain');
    const { status, stdout } = run(['--out', out, '--kind', 'plain', '--users', '9', '--days', '7']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/9 users, 270 items, 0 friendships/);
  });

  it('explains itself, and says in one sentence what it does not understand', () => {
    const help = run(['--help']);
    expect(help.status).toBe(0);
    expect(help.stdout).toMatch(/^npm run shop -- /);
    const wrong: [string[], RegExp][] = [
      [['--users', 'many'], /--users is 'many'/],
      [['--kind', 'odd'], /Choose one of full, plain/],
      [['--name', '../x'], /Use letters, digits/],
      [['--friends', '3'], /See --help/],
    ];
    for (const [options, message] of wrong) {
      const { status, stderr } = run(options);
      expect(status).toBe(1);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/\bat .*:\d+/);
    }
  });
});
