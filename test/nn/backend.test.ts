import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { publishedThreads, startBackend } from '../../lib/nn/backend';
import { hasNativeOps } from '../../lib/nn/native/execute';

const projectFolder = path.resolve(__dirname, '..', '..');

/** Runs a piece of CommonJS TypeScript in a process of its own, because a process can load a backend only once. */
function inOwnProcess(code: string, env: Record<string, string> = {}): { stdout: string; stderr: string } {
  const script = `
    require('ts-node/register/transpile-only');
    const tf = require('@tensorflow/tfjs');
    const { startBackend } = require('./lib/nn/backend');
    const { hasNativeOps } = require('./lib/nn/native/execute');
    (async () => { ${code} })().catch((error) => { console.log('THROWN ' + error.message); });`;
  const run = spawnSync(process.execPath, ['-e', script], {
    cwd: projectFolder,
    encoding: 'utf8',
    env: { ...process.env, TF_NUM_INTRAOP_THREADS: '', TF_NUM_INTEROP_THREADS: '', ...env },
  });
  return { stdout: run.stdout.trim(), stderr: run.stderr.trim() };
}

describe('startBackend', () => {
  it('starts once and answers the same afterwards', async () => {
    const first = await startBackend();
    expect(await startBackend()).toBe(first);
    expect(hasNativeOps()).toBe(first.name === 'tensorflow');
    expect(tf.getBackend()).toBe(first.name);
    expect(first.gpuReason).toMatch(/\.$/);
  });

  it('refuses another number of threads once the library is loaded', async () => {
    const { threads, name } = await startBackend();
    expect(name).toBe('tensorflow');
    await expect(startBackend({ threads: threads! + 1 })).rejects.toThrow(/already runs with/);
    await expect(startBackend({ threads: 0 })).rejects.toThrow(/not possible/);
  });

  it.skipIf(process.platform !== 'linux')('starts as many threads as it says', () => {
    const code = (threads: number) => `
      const info = await startBackend({ threads: ${threads} });
      tf.matMul(tf.ones([300, 300]), tf.ones([300, 300])).dataSync();
      const count = require('fs').readdirSync('/proc/self/task').length;
      console.log(JSON.stringify({ threads: info.threads, count }));`;
    const one = JSON.parse(inOwnProcess(code(1)).stdout) as { threads: number; count: number };
    const five = JSON.parse(inOwnProcess(code(5)).stdout) as { threads: number; count: number };
    expect([one.threads, five.threads]).toEqual([1, 5]);
    // 4 more within an operation; those between operations are one for each core in both.
    expect(five.count - one.count).toBe(4);
  });

  it('takes the threads of the environment, and refuses what is no number instead of guessing', () => {
    const code = 'const { threads, oneDnn } = await startBackend(); console.log(threads, oneDnn);';
    expect(inOwnProcess(code, { TF_NUM_INTRAOP_THREADS: '3' }).stdout).toBe('3 on');
    expect(inOwnProcess(code, { TF_NUM_INTRAOP_THREADS: 'many' }).stdout).toMatch(
      /^THROWN TF_NUM_INTRAOP_THREADS is 'many'\. Set it to a whole number/,
    );
  });

  it.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('says whether oneDNN computes', () => {
    const code = 'console.log((await startBackend()).oneDnn);';
    const { stdout, stderr } = inOwnProcess(code, { TF_ENABLE_ONEDNN_OPTS: '1', TF_CPP_MIN_LOG_LEVEL: '0' });
    expect(stdout).toBe('on');
    expect(stderr).toMatch(/oneDNN custom operations are on/); // the library itself says so
  });

  it('says loudly that WebAssembly does the work, and why', () => {
    const { stdout, stderr } = inOwnProcess(
      `const info = await startBackend(); console.log(info.name, info.tensorflowVersion, hasNativeOps());`,
      { BEHAVIOR_LAB_BACKEND: 'wasm' },
    );
    expect(stdout).toBe('wasm null false');
    expect(stderr).toContain('WARNING: native TensorFlow is NOT in use');
    expect(stderr).toContain('BEHAVIOR_LAB_BACKEND=wasm asks for it');
  });

  it('refuses a backend nobody knows', () => {
    expect(inOwnProcess('await startBackend()', { BEHAVIOR_LAB_BACKEND: 'webgl' }).stdout).toContain(
      "THROWN BEHAVIOR_LAB_BACKEND is 'webgl'",
    );
  });

  it('loads where Node has no util.isNullOrUndefined and util.isArray, as from version 23 on', () => {
    const { stdout } = inOwnProcess(`
      delete require('util').isNullOrUndefined;
      delete require('util').isArray;
      await startBackend();
      console.log(tf.getBackend(), tf.topk(tf.tensor1d([3, 9, 5]), 1).indices.dataSync()[0]);`);
    expect(stdout).toBe('tensorflow 1');
  });
});

describe('the published numbers', () => {
  it('come from one number of threads: in notebooks, tests and here', () => {
    const kernel = readFileSync(path.join(projectFolder, 'scripts', 'kernel', 'tslab-kernel.cjs'), 'utf8');
    expect(kernel).toContain(`process.env.TF_NUM_INTRAOP_THREADS ||= '${publishedThreads}';`);
    expect(process.env['TF_NUM_INTRAOP_THREADS']).toBe(String(publishedThreads));
  });
});

describe('the kernel that wasm lacks', () => {
  it('gives the gradient of an embedding that the reference backend gives', () => {
    const gradient = `
      const table = tf.tensor2d([0.5, -1, 2, 0.25, 3, 1, 0, -2, 1, 1], [5, 2]);
      const rows = tf.tensor1d([3, 0, 3, 1, 3], 'int32');
      const loss = (t) => tf.sum(tf.mul(tf.gather(t, rows), tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [5, 2])));
      console.log(tf.getBackend(), Array.from(tf.grad(loss)(table).dataSync()).join(' '));`;
    const env = { BEHAVIOR_LAB_BACKEND: 'wasm' };
    const onWasm = inOwnProcess(`await startBackend(); ${gradient}`, env).stdout;
    const onReference = inOwnProcess(`await tf.setBackend('cpu'); ${gradient}`, env).stdout;
    // By hand: row 0 gets (3, 4), row 1 (7, 8), row 3 the sum of three rows, rows 2 and 4 nothing.
    expect(onWasm).toBe('wasm 3 4 7 8 0 0 15 18 0 0');
    expect(onReference).toBe('cpu 3 4 7 8 0 0 15 18 0 0');
  });

  it('keeps sums of whole numbers whole and leaves out rows of no segment', () => {
    const code = `
      const sums = tf.unsortedSegmentSum(tf.tensor1d([1, 2, 4, 8], 'int32'), tf.tensor1d([1, -1, 1, 9], 'int32'), 3);
      console.log(sums.dtype, Array.from(sums.dataSync()).join(' '));`;
    const env = { BEHAVIOR_LAB_BACKEND: 'wasm' };
    expect(inOwnProcess(`await startBackend(); ${code}`, env).stdout).toBe('int32 0 5 0');
    // The reference has the same sums, though it answers in float32.
    expect(inOwnProcess(`await tf.setBackend('cpu'); ${code}`, env).stdout).toBe('float32 0 5 0');
  });

  it('survives a heap that grows between two batches', () => {
    const { stdout } = inOwnProcess(
      `await startBackend();
       const wide = tf.ones([20000, 256]);
       const sums = tf.unsortedSegmentSum(wide, tf.zeros([20000], 'int32'), 2000);
       console.log(sums.dataSync()[0], tf.sum(sums).dataSync()[0]);`,
      { BEHAVIOR_LAB_BACKEND: 'wasm' },
    );
    expect(stdout).toBe('20000 5120000');
  });
});
