import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startRunBackend } from '../../lib/experiments/run-backend';
import { describeSurroundings, type Surroundings } from '../../lib/experiments/run-record';
import { startBackend } from '../../lib/nn/backend';

const options = { threads: null, kind: 'recurrent', say: () => {} } as const;
let here: Surroundings;
beforeAll(async () => {
  here = describeSurroundings(await startBackend());
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Starts the backend for a run in a process of its own, whose environment asks for nothing. */
function startedFor(begun: Partial<Surroundings>, env: Record<string, string> = {}): string {
  const script = `
    require('ts-node/register/transpile-only');
    const { startRunBackend } = require('./lib/experiments/run-backend');
    startRunBackend(${JSON.stringify({ ...here, ...begun })}, { threads: null, kind: 'recurrent', say: () => {} })
      .then(({ name, threads, oneDnn }) => console.log(name, threads, 'oneDNN', oneDnn))
      .catch((error) => console.log('THROWN ' + error.message));`;
  const nothing = { TF_NUM_INTRAOP_THREADS: '', TF_NUM_INTEROP_THREADS: '', TF_ENABLE_ONEDNN_OPTS: '' };
  return spawnSync(process.execPath, ['-e', script], {
    cwd: join(__dirname, '..', '..'),
    encoding: 'utf8',
    env: { ...process.env, ...nothing, ...env },
  }).stdout.trim();
}

describe('an interrupted run', () => {
  it('gets back the threads and the oneDNN setting it began with', () => {
    expect(startedFor({ threads: 3 })).toBe('tensorflow 3 oneDNN on');
    expect(startedFor({ threads: 1, oneDnn: 'off' })).toBe('tensorflow 1 oneDNN off');
  });

  it('gets back the backend it began with', () => {
    expect(startedFor({ backend: 'wasm', tensorflow: null, threads: 1 })).toBe('wasm 1 oneDNN off');
  });

  it('goes on where everything is the same', async () => {
    await expect(startRunBackend(here, options)).resolves.toMatchObject({ threads: 2, oneDnn: 'on' });
    await expect(startRunBackend(here, { ...options, threads: 2 })).resolves.toMatchObject({ threads: 2 });
  });

  it.each<[Partial<Surroundings>, number | null, RegExp]>([
    [{ threads: 1 }, null, /began with 1 thread, but TF_NUM_INTRAOP_THREADS is 2 in this process\. Unset it/],
    [{}, 5, /began with 2 threads, but 5 are asked for\. Leave them out, or start a new run\./],
    [{ oneDnn: 'off' }, null, /began with oneDNN off, but TF_ENABLE_ONEDNN_OPTS turns it on\. Unset it/],
    [
      { tensorflow: '2.4.1' },
      null,
      /began with TensorFlow 2\.4\.1; here it is [\d.]+, which gives other numbers/,
    ],
    [{ device: 'gpu' }, null, /began with the device gpu; here it is cpu.* Go on with it where it began/],
  ])('that began with %j is refused where %j threads are asked for', async (begun, threads, sentence) => {
    const starting = startRunBackend({ ...here, ...begun }, { ...options, threads });
    await expect(starting).rejects.toThrow(sentence);
    await expect(starting).rejects.toMatchObject({ name: 'InputError' });
  });

  it('is refused where the environment asks for another backend', async () => {
    vi.stubEnv('BEHAVIOR_LAB_BACKEND', 'wasm');
    await expect(startRunBackend(here, options)).rejects.toThrow(
      /began with the backend tensorflow, but BEHAVIOR_LAB_BACKEND is wasm\. Unset it/,
    );
  });
});

describe('a new run', () => {
  it('takes the backend that was started already as it is', async () => {
    vi.stubEnv('TF_NUM_INTRAOP_THREADS', '');
    await expect(startRunBackend(null, options)).resolves.toMatchObject({ threads: 2 });
  });
});
