import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { oneAtATime } from '../../../lib/data/sources/one-at-a-time';
import { newFolders } from './new-folders';

const newFolder = newFolders();
const nobody = (): void => undefined;

describe('oneAtATime', () => {
  it('lets the second wait for the first, telling it once whom it waits for', async () => {
    const folder = newFolder();
    const course: string[] = [];
    const waitedFor: number[] = [];
    const work = (name: string) => async (): Promise<string> => {
      course.push(`${name} begins`);
      await sleep(250);
      course.push(`${name} ends`);
      return name;
    };
    const both = ['a', 'b'].map((name) =>
      oneAtATime(join(folder, 'lock'), (holder) => waitedFor.push(holder), work(name)),
    );
    expect(await Promise.all(both)).toEqual(['a', 'b']);
    expect(course).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    expect(waitedFor).toEqual([process.pid]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('gives the lock free when the work fails', async () => {
    const lock = join(newFolder(), 'lock');
    await expect(oneAtATime(lock, nobody, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await oneAtATime(lock, nobody, () => Promise.resolve('yes'))).toBe('yes');
  });

  it('does not wait for the dead, nor for a program that has got the number of one', async () => {
    const folder = newFolder();
    const lock = join(folder, 'lock');
    const texts = [
      '999999999 1',
      'nonsense',
      '',
      ...(existsSync('/proc/self/stat') ? [`${process.pid} 1`] : []),
    ];
    for (const text of texts) {
      writeFileSync(lock, text);
      expect(await oneAtATime(lock, nobody, () => Promise.resolve('mine'))).toBe('mine');
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('gets over a process that died while it removed a dead lock', async () => {
    const folder = newFolder();
    const lock = join(folder, 'lock');
    writeFileSync(lock, '999999999 1');
    mkdirSync(`${lock}.breaking`);
    utimesSync(`${lock}.breaking`, new Date(0), new Date(0));
    expect(await oneAtATime(lock, nobody, () => Promise.resolve('mine'))).toBe('mine');
  });

  it('stops waiting at a signal', async () => {
    const lock = join(newFolder(), 'lock');
    const interrupt = new AbortController();
    const long = oneAtATime(lock, nobody, () => sleep(400));
    const waiting = oneAtATime(
      lock,
      () => interrupt.abort(),
      () => sleep(1),
      interrupt.signal,
    );
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await long;
  });

  it('holds between processes, also where all find the lock of a dead one', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'lock'), '999999999 1');
    writeFileSync(join(folder, 'count'), '0');
    const library = resolve(__dirname, '../../../lib/data/sources/one-at-a-time.ts');
    // Reads, waits, writes: two at once would lose a count.
    const program = `const fs = require('node:fs'), { setTimeout: sleep } = require('node:timers/promises');
      const { oneAtATime } = require(${JSON.stringify(library)});
      (async () => { for (let n = 0; n < 5; n++) await oneAtATime('lock', () => {}, async () => {
        const count = Number(fs.readFileSync('count', 'utf8')); await sleep(5); fs.writeFileSync('count', String(count + 1)); }) })()`;
    const codes = Array.from({ length: 4 }, () => {
      const transpiler = require.resolve('ts-node/register/transpile-only');
      const child = spawn(process.execPath, ['-r', transpiler, '-e', program], {
        cwd: folder,
        stdio: 'inherit',
        env: { ...process.env, TS_NODE_PROJECT: resolve(__dirname, '../../../tsconfig.json') },
      });
      return new Promise((done) => child.once('close', done));
    });
    expect(await Promise.all(codes)).toEqual([0, 0, 0, 0]);
    expect(readFileSync(join(folder, 'count'), 'utf8')).toBe('20');
  });
});
