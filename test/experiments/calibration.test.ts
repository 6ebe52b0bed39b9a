import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import {
  calibrate,
  calibratedMachine,
  calibrationFile,
  fewestFastThreads,
  readCalibration,
  threadCandidates,
  type Calibration,
} from '../../lib/experiments/calibration';
import { bestThreads } from '../../lib/experiments/run-backend';

const folder = mkdtempSync(join(tmpdir(), 'calibration-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.unstubAllEnvs();
});

const machine = calibratedMachine();
const example: Calibration = {
  machine: { processor: 'P', cores: 4, tensorflow: 'tensorflow-cpu 2.21.0', oneDnn: 'off', engine: 1 },
  measuredAt: '2024-01-01T00:00:00.000Z',
  load: 0,
  recurrent: { threads: 1, timings: [{ threads: 1, milliseconds: 10 }] },
  attention: { threads: 4, timings: [{ threads: 4, milliseconds: 10 }] },
};

describe('the thread setting of a machine', () => {
  it('is sought among 1, 2, 4 ... and all cores, up to 16', () => {
    expect([1, 2, 6, 16, 64].map(threadCandidates)).toEqual([
      [1],
      [1, 2],
      [1, 2, 4, 6],
      [1, 2, 4, 8, 16],
      [1, 2, 4, 8, 16],
    ]);
  });

  it('is the fewest threads whose time is within 5 % of the best', () => {
    const timings = (...milliseconds: number[]): { threads: number; milliseconds: number }[] =>
      milliseconds.map((time, power) => ({ threads: 2 ** power, milliseconds: time }));
    expect(fewestFastThreads(timings(100, 90, 80))).toBe(4);
    expect(fewestFastThreads(timings(100, 96, 98))).toBe(1);
    expect(fewestFastThreads(timings(106, 100, 99))).toBe(2);
    expect(fewestFastThreads(timings(100, 300))).toBe(1);
  });

  it('belongs to one processor, number of cores, TensorFlow and oneDNN setting', () => {
    const file = calibrationFile(example.machine, folder);
    expect(dirname(file)).toBe(join(folder, 'threads'));
    expect(calibrationFile({ ...example.machine }, folder)).toBe(file);
    for (const other of [{ processor: 'Q' }, { cores: 2 }, { tensorflow: 'x' }, { oneDnn: 'on' as const }]) {
      expect(calibrationFile({ ...example.machine, ...other }, folder)).not.toBe(file);
    }
  });

  it('is unknown where nothing was measured, or on wasm', () => {
    expect(readCalibration(join(folder, 'empty'))).toBeNull();
    vi.stubEnv('BEHAVIOR_LAB_BACKEND', 'wasm');
    expect(calibratedMachine()).toBeNull();
  });
});

describe.skipIf(machine === null)('a calibration', () => {
  it('is measured in other processes and read back', async () => {
    const seen: number[] = [];
    const calibration = await calibrate((threads) => seen.push(threads), folder);
    expect(seen).toEqual(threadCandidates(machine!.cores));
    expect(calibration.machine).toEqual(machine);
    for (const kind of ['recurrent', 'attention'] as const) {
      const { threads, timings } = calibration[kind];
      expect(timings.map((timing) => timing.threads)).toEqual(seen);
      expect(Math.min(...timings.map(({ milliseconds }) => milliseconds))).toBeGreaterThan(0);
      expect(threads).toBe(fewestFastThreads(timings));
    }
    expect(readCalibration(folder)).toEqual(calibration);
    writeFileSync(calibrationFile(machine!, folder), '{"half');
    expect(readCalibration(folder)).toBeNull();
  }, 180_000);

  it('decides for a new run unless the environment does', async () => {
    const file = calibrationFile(machine!, join(folder, 'known'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(example));
    vi.stubEnv('BEHAVIOR_LAB_CACHE', join(folder, 'known'));
    expect(await bestThreads('recurrent')).toBe(2); // what test/setup-env.ts asks for
    vi.stubEnv('TF_NUM_INTRAOP_THREADS', '');
    const said: string[] = [];
    expect(await bestThreads('recurrent', (sentence) => said.push(sentence))).toBe(1);
    expect(await bestThreads('attention', (sentence) => said.push(sentence))).toBe(4);
    expect(said).toEqual([
      '1 thread, the best for recurrent models on this machine.',
      '4 threads, the best for attention models on this machine.',
    ]);
    vi.stubEnv('BEHAVIOR_LAB_BACKEND', 'wasm');
    expect(await bestThreads('attention')).toBeNull();
  });
});
