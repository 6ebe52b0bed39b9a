import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePeerEnvironment, peerEnvironment } from '../../bench/peer-environment.mjs';

const folder = mkdtempSync(join(tmpdir(), 'bench-python-'));
const cache = join(folder, 'cache');
const requirements = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
/** Where the command writes what it is doing. */
const listener = (): { said: string[]; write(text: string): void } => {
  const said: string[] = [];
  return { said, write: (text) => void said.push(text) };
};

describe('the environment of the peers', () => {
  let before: string | undefined;
  beforeEach(() => {
    before = process.env['PIP_NO_INDEX'];
    process.env['PIP_NO_INDEX'] = '1'; // no network
  });
  afterEach(() => {
    if (before === undefined) delete process.env['PIP_NO_INDEX'];
    else process.env['PIP_NO_INDEX'] = before;
  });

  it('is made once, says its size before, and is then there', async () => {
    const file = requirements('nothing.txt', '# nothing\n');
    const out = listener();
    const python = await makePeerEnvironment({ requirements: file, cache, out, bytes: 1 });
    expect(existsSync(python)).toBe(true);
    expect(out.said.join('')).toMatch(
      /environment of their own, once: about 3 GB to download,\n6 GB on disk/,
    );
    const again = listener();
    expect(await makePeerEnvironment({ requirements: file, cache, out: again, bytes: 1 })).toBe(python);
    expect(again.said).toEqual([]);
  });

  it('that cannot be installed is said clearly, and does not count as made', async () => {
    const file = requirements('absent.txt', 'behavior-lab-has-no-such-peer==1.0\n');
    const make = makePeerEnvironment({ requirements: file, cache, out: listener(), bytes: 1 });
    await expect(make).rejects.toThrow("Installing the bench's peers failed. They need Python 3.11 to 3.14");
    expect(peerEnvironment(file, cache).isReady).toBe(false);
  });

  it('is not begun where it cannot fit on the disk', async () => {
    const file = requirements('large.txt', '# large\n');
    const make = makePeerEnvironment({ requirements: file, cache, out: listener(), bytes: 1e18 });
    await expect(make).rejects.toThrow(/and 1000000000000 MB are needed/);
    expect(existsSync(peerEnvironment(file, cache).folder)).toBe(false);
  });
});
