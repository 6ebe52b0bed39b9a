import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { writeTensorBoard } from '../../lib/training/tensorboard';
import type { EpochRecord } from '../../lib/training/checkpoint';

const python = join(__dirname, '..', '..', '.venv', 'bin', 'python');
const folder = mkdtempSync(join(tmpdir(), 'tensorboard-'));
const run = join(folder, 'a run');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Point {
  readonly step: number;
  readonly value: number;
}

/** Epochs `from` to `to` of three steps each, as `train` would say them. */
function train(from: number, to: number): void {
  const log = writeTensorBoard(run)!;
  const history: EpochRecord[] = [];
  for (let epoch = from; epoch <= to; epoch++) {
    const progress = { epoch, maxEpochs: 4, steps: 3, secondsLeft: 1 };
    for (const step of [1, 2, 3])
      log.onProgress({ ...progress, step, loss: 9 - epoch, history: [...history] });
    const record = {
      epoch,
      loss: 8 / epoch,
      validation: epoch / 8,
      seconds: 2,
      learningRate: 0.25,
      gradientNorm: 0.5,
    };
    history.push(record);
    log.onProgress({ ...progress, step: 0, loss: record.loss, history: [...history] });
  }
  log.close();
}

/** What a training of four epochs, interrupted after two, must show. Powers of two: exact in 32 bits. */
const epochs = [1, 2, 3, 4];
const expected: Record<string, Point[]> = {
  'epoch/loss': [8, 4, 8 / 3, 2].map((value, i) => ({ step: i + 1, value: Math.fround(value) })),
  'epoch/validation': epochs.map((step) => ({ step, value: step / 8 })),
  'epoch/learningRate': epochs.map((step) => ({ step, value: 0.25 })),
  'epoch/gradientNorm': epochs.map((step) => ({ step, value: 0.5 })),
  'epoch/seconds': epochs.map((step) => ({ step, value: 2 })),
  // One a second: only the first step of each process.
  'step/loss': [
    { step: 1, value: 8 },
    { step: 7, value: 6 },
  ],
};

it('says that WebAssembly (here: no native library yet) writes no files', () => {
  expect(writeTensorBoard(join(folder, 'none'))).toBeNull();
  expect(readdirSync(folder)).toEqual([]);
});

describe("a training's event files", () => {
  beforeAll(async () => {
    await startBackend();
    train(1, 2);
    train(3, 4);
  });

  it('are one a process, and leave no tensor behind', () => {
    expect(readdirSync(run)).toHaveLength(2);
    expect(tf.memory().numTensors).toBe(0);
  });

  it("are read by TensorBoard's own reader", () => {
    const code = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1])
events.Reload()
tags = events.Tags()["scalars"]
print(json.dumps({tag: [{"step": e.step, "value": e.value} for e in events.Scalars(tag)] for tag in tags}))`;
    const { stdout, stderr } = spawnSync(python, ['-c', code, run], { encoding: 'utf8', timeout: 60_000 });
    expect(JSON.parse(stdout || stderr)).toEqual(expected);
  });

  it('are shown by TensorBoard', async () => {
    const server = spawn(
      python,
      ['-m', 'tensorboard.main', '--logdir', folder, '--host', '127.0.0.1', '--port', '0'],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    try {
      const address = await new Promise<string>((resolve, reject) => {
        let said = '';
        for (const stream of [server.stdout, server.stderr]) {
          stream.on('data', (text: Buffer) => {
            said += text.toString();
            const [found] = /http:\/\/[\w.]+:\d+/.exec(said) ?? [];
            if (found) resolve(found);
          });
        }
        server.on('exit', () => reject(new Error(`it ended: ${said}`)));
        setTimeout(() => reject(new Error(`it did not start: ${said}`)), 45_000).unref();
      });
      const get = async <T>(path: string): Promise<T> =>
        (await (await fetch(`${address}/data/plugin/scalars/${path}`)).json()) as T;
      const run = 'a run';
      let tags: Record<string, Record<string, unknown>> = {};
      // It reads the files some seconds after it has started.
      for (const until = Date.now() + 30_000; !tags[run] && Date.now() < until;) {
        await new Promise((wake) => setTimeout(wake, 250));
        tags = await get('tags');
      }
      expect(Object.keys(tags[run] ?? {}).sort()).toEqual(Object.keys(expected).sort());
      const query = new URLSearchParams({ run, tag: 'epoch/validation' });
      const rows = await get<[wallTime: number, step: number, value: number][]>(
        `scalars?${query.toString()}`,
      );
      expect(rows.map(([, step, value]) => ({ step, value }))).toEqual(expected['epoch/validation']);
    } finally {
      server.kill('SIGKILL');
    }
  }, 90_000);
});
