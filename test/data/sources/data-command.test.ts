import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataSources } from '../../../lib/data/sources/catalogue';
import { answer, serve } from './loopback';
import { makeZip } from './make-zip';
import { newFolders } from './new-folders';

const newFolder = newFolders();
const root = resolve(__dirname, '../../..');

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run data -- ...` with a cache folder of its own. */
function data(cache: string, args: readonly string[], onStart?: (pid: number) => void): Promise<Outcome> {
  const program = ['-r', 'ts-node/register/transpile-only', join(root, 'scripts', 'data.ts')];
  const child = spawn(process.execPath, [...program, ...args], {
    cwd: root,
    env: { ...process.env, BEHAVIOR_LAB_CACHE: cache },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  onStart?.(child.pid!);
  return new Promise((done) => child.on('close', (status) => done({ status, stdout, stderr })));
}

const csv = Buffer.from('A1,0001,5.0,1369699200\n'.repeat(100));

describe('npm run data', () => {
  it('lists every set with its rows, its terms and whether it is here', async () => {
    const { status, stdout } = await data(newFolder(), []);
    expect(status).toBe(0);
    for (const { name, rows, terms } of dataSources) {
      const line = stdout.split('\n').find((one) => one.startsWith(`${name} `));
      expect(line).toContain(rows);
      expect(line).toContain(terms.short);
      expect(line).toMatch(/ no /);
    }
  });

  it('prints the terms, fetches, says where the set lies, and the list then shows it', async () => {
    const cache = newFolder();
    const { base, seen } = await serve((request, response) => answer(request, response, csv));
    const first = await data(cache, ['amazon-2014-beauty', '--base', base]);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toMatch(/Terms: .*no licence stated/);
    expect(first.stdout).toContain('No checksum of this set is published');
    expect(first.stdout).toContain(`It is here: ${join(cache, 'data', 'amazon-2014-beauty')}`);
    const second = await data(cache, ['amazon-2014-beauty', '--base', base]);
    expect(second.stdout).toContain('It is already here');
    expect(seen.length).toBe(1);
    expect((await data(cache, ['--list'])).stdout).toMatch(/^amazon-2014-beauty +yes /m);
  });

  it('ends with one sentence and exit code 1 when the bytes are not those published', async () => {
    const cache = newFolder();
    const { base } = await serve((request, response) => answer(request, response, csv));
    const { status, stderr } = await data(cache, ['ml-1m', '--base', base]);
    expect(status).toBe(1);
    expect(stderr.trim()).toBe(
      `${base}ml-1m.zip has ${csv.length} bytes, and 5917549 are published. Run the same command again; if it happens again, the publisher has changed the file, or something in between does.`,
    );
  });

  it('takes a file that was fetched by hand', async () => {
    const cache = newFolder();
    const own = join(newFolder(), 'archive.zip');
    writeFileSync(own, makeZip([{ name: 'events.csv', content: 'timestamp,visitorid\n' }]));
    expect((await data(cache, ['retailrocket'])).stderr).toMatch(
      /by hand.*Open https:\/\/www\.kaggle\.com.*Place it as /,
    );
    expect((await data(cache, ['retailrocket', '--from', own])).status).toBe(0);
    expect(readFileSync(join(cache, 'data', 'retailrocket', 'events.csv'), 'utf8')).toContain('visitorid');
  });

  it('stops at Ctrl-C with exit code 130, says so, and leaves what has come', async () => {
    const cache = newFolder();
    let pid = 0;
    const { base } = await serve((_, response) => {
      response.writeHead(200, { etag: '"one"', 'content-length': 1000 });
      response.write('x'.repeat(500), () => setTimeout(() => process.kill(pid, 'SIGINT'), 300));
    });
    const { status, stderr } = await data(cache, ['amazon-2014-beauty', '--base', base], (id) => (pid = id));
    expect(status).toBe(130);
    expect(stderr).toContain('Run the same command again: it goes on where it was.');
    expect(existsSync(join(cache, 'downloads', 'amazon-2014-beauty', 'ratings_Beauty.csv.part'))).toBe(true);
    expect((await data(cache, [])).stdout).toMatch(/^amazon-2014-beauty +begun, 1 kB /m);
  });

  it('refuses what it does not know, and explains itself', async () => {
    const cache = newFolder();
    const outcomes = await Promise.all([
      data(cache, ['nope']),
      data(cache, ['ml-1m', 'ml-20m']),
      data(cache, ['ml-1m', '--frm', 'x']),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([1, 1, 1]);
    expect(outcomes[0].stderr).toContain("there is no data set 'nope'");
    expect(outcomes[1].stderr).toContain('2 arguments are given. Name a data set');
    expect(outcomes[2].stderr).toContain("'--frm'");
    expect((await data(cache, ['--help'])).stdout).toContain('--from FILE');
  });
});
