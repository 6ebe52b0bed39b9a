import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimRun, isAlive, processOf, type RunProcess } from '../../lib/experiments/run-process';
import { runEnding, runStatus } from '../../lib/experiments/run-status';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'run-process-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const holder = (more: Partial<RunProcess> = {}): RunProcess => ({
  pid: process.pid,
  host: hostname(),
  birth: '',
  startedAt: '2026-01-01T00:00:00.000Z',
  ...more,
});
const write = (name: string, value: unknown): void =>
  writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));

/** A process that waits, and its end. */
async function withProcess<T>(body: (pid: number, end: () => Promise<void>) => T | Promise<T>): Promise<T> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = (): Promise<void> => (child.kill('SIGKILL'), ended);
  try {
    return await body(child.pid!, end);
  } finally {
    await end();
  }
}

describe('who works on a run', () => {
  it('is written down, and taken out again', () => {
    const release = claimRun(folder);
    expect(processOf(folder)).toMatchObject({ pid: process.pid, host: hostname() });
    expect(isAlive(processOf(folder)!)).toBe(true);
    release();
    expect(existsSync(join(folder, 'process.json'))).toBe(false);
  });

  it('is one process: a second one is refused with what to do', () =>
    withProcess(async (pid, end) => {
      claimRun(folder, pid);
      expect(() => claimRun(folder)).toThrow(
        new RegExp(`process ${pid} has been working on this run since .*npm run watch`),
      );
      await end();
      expect(() => claimRun(folder)).not.toThrow();
      expect(processOf(folder)!.pid).toBe(process.pid);
    }));

  it('may say so again, when it was started by someone who said it in its name', () => {
    claimRun(folder);
    expect(() => claimRun(folder)).not.toThrow();
  });

  it.skipIf(process.platform !== 'linux')('is not another program that has got the same number since', () => {
    claimRun(folder)();
    expect(isAlive(holder({ birth: '17' }))).toBe(false);
  });

  it('counts as working when it is on another machine, which cannot be asked', () => {
    write('process.json', holder({ pid: 2 ** 22 + 1, host: 'far-away' }));
    expect(() => claimRun(folder)).toThrow(/on the machine far-away .* delete .*process\.json/);
    expect(runStatus(folder).state).toBe('starting');
  });

  it('gives nothing free that another one has taken', () => {
    const release = claimRun(folder);
    write('process.json', holder({ host: 'far-away', pid: 1 }));
    release();
    expect(existsSync(join(folder, 'process.json'))).toBe(true);
  });
});

describe('what has become of a run', () => {
  const dead = holder({ pid: 2 ** 22 + 1 });
  const record = (status: string, history: unknown[] = []): unknown => ({
    status,
    training: { bestEpoch: 1, stoppedBy: 'epochs', history },
  });

  it('a process without a record is starting; with a record it is training', () => {
    const release = claimRun(folder);
    expect(runStatus(folder).state).toBe('starting');
    expect(runEnding(folder, runStatus(folder))).toBeNull();
    write('run.json', { status: 'training', training: null });
    expect(runStatus(folder).state).toBe('training');
    release();
    expect(runStatus(folder).state).toBe('died');
  });

  it('a run that died is said plainly, with its last words and the way on', () => {
    write('process.json', dead);
    write('run.json', { status: 'training', training: null });
    write(
      'log.txt',
      `${Array.from({ length: 40 }, (_, i) => `epoch ${i}`).join('\n')}\nold\rKilled: out of memory\n\n`,
    );
    const status = runStatus(folder);
    expect(status).toMatchObject({ state: 'died', process: null });
    expect(status.output).toHaveLength(10);
    expect(runEnding(folder, status)).toMatch(
      /^The run died: .* had not finished\. It last said:\n {2}epoch 31\n[^]*\n {2}Killed: out of memory\nGo on with: npm run experiment -- --resume /,
    );
  });

  it('a run that was stopped, and one that is finished, are none of these', () => {
    write('process.json', dead);
    write('run.json', record('interrupted', [{}, {}]));
    expect(runEnding(folder, runStatus(folder))).toMatch(
      /^Stopped after 2 epochs, with a checkpoint\. Go on with/,
    );
    write('run.json', record('finished', [{}, {}, {}]));
    expect(runEnding(folder, runStatus(folder))).toBe(
      `Finished: best epoch 1 of 3. Everything is in ${folder}`,
    );
  });

  it('there is no run in any folder', () => {
    expect(() => runStatus(folder)).toThrow(/there is no run in this folder\. Name the folder of a run\./);
  });
});
