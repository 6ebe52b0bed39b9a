import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { killedTraining } from './killed-training';

beforeAll(async () => {
  await startBackend();
});

it.each([
  ['right after epoch 4', '4:0'],
  ['within epoch 5', '5:2'],
])('killed by SIGKILL %s, then resumed: the bits of the uninterrupted training', async (_name, killAt) => {
  const folder = mkdtempSync(join(tmpdir(), 'killed-'));
  const script = join(__dirname, 'killed-training.ts');
  const child = spawnSync(
    process.execPath,
    ['-r', 'ts-node/register/transpile-only', script, folder, killAt],
    { encoding: 'utf8' },
  );
  expect(child.signal, child.stderr).toBe('SIGKILL');
  expect(readdirSync(folder).sort()).toEqual(['best.safetensors', 'last.safetensors']);
  const resumed = await killedTraining(folder);
  const whole = await killedTraining(mkdtempSync(join(tmpdir(), 'whole-')));

  expect([resumed.firstStep, whole.firstStep]).toEqual(['5:1', '1:1']);
  expect(resumed.said[0]).toMatch(/^compiled \d+ operations for 2 shapes/);
  const course = ({ result }: typeof whole): unknown =>
    result.history.map((epoch) => ({ ...epoch, seconds: 0 }));
  expect(course(resumed)).toEqual(course(whole));
  expect(whole.result.history).toHaveLength(10);
  expect([resumed.result.bestEpoch, whole.result.bestEpoch]).toEqual([7, 7]);
  expect(resumed.bits).toBe(whole.bits);
});
