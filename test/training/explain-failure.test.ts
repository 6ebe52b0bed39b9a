import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../lib/base/errors';
import { explainStepFailure } from '../../lib/training/explain-failure';

const at = { batchSize: 128, epoch: 3, step: 17 };

describe('explainStepFailure', () => {
  // The first five were seen, under `ulimit -v` and on WebAssembly; the others belong to devices that were not at hand.
  it.each([
    'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[65536,65536] and type float on /job:localhost/replica:0/task:0/device:CPU:0 by allocator cpu',
    'Array buffer allocation failed',
    'Invalid typed array length: 17179869184',
    'memory access out of bounds',
    'Aborted(). Build with -sASSERTIONS for more info.',
    'Session fail to run with error: OOM when allocating tensor with shape[128,50,3500]',
    'Invalid TF_Status: 8\nMessage: failed to allocate memory',
    'RESOURCE_EXHAUSTED: failed to allocate',
    'CUDA_ERROR_OUT_OF_MEMORY: out of memory',
    'WebAssembly.Memory.grow(): Maximum memory size exceeded',
    'std::bad_alloc',
    'ENOMEM: not enough memory, mmap',
  ])('takes "%s" for too little memory', (message) => {
    const error = new Error(message);
    const explained = explainStepFailure(error, at);
    expect(explained).toBeInstanceOf(InputError);
    expect(explained.message).toMatch(
      /^training: not enough memory at epoch 3, step 17, with a batch size of 128 /,
    );
    expect(explained.message).toContain('with a batch size of 64,');
    expect(explained.message).not.toContain('\n');
    expect(explained.cause).toBe(error);
  });

  it.each([
    'Invalid TF_Status: 3\nMessage: indices[0] = 12 is not in [0, 10)',
    'training: the loss is NaN at epoch 3, step 17',
    'Invalid typed array length: -1',
    'Invalid typed array length: 128',
    'Error in matMul: inner shapes (3) and (4) do not fit',
    'Aborted by the user',
  ])('leaves "%s" as it is', (message) => {
    const error = new Error(message);
    expect(explainStepFailure(error, at)).toBe(error);
  });

  it('halves downwards, and at 1 names what else is large', () => {
    const oom = new Error('OOM when allocating tensor');
    expect(explainStepFailure(oom, { ...at, batchSize: 3 }).message).toContain('a batch size of 1,');
    expect(explainStepFailure(oom, { ...at, batchSize: 1 }).message).toMatch(
      /shorter sequences or a smaller width/,
    );
  });

  it('makes an Error of whatever was thrown', () => {
    expect(explainStepFailure('broken', at)).toEqual(new Error('broken'));
  });
});

/** What a step throws in a process that may use 6 GB of addresses; the machine's own memory stays untouched. */
function thrownUnderALimit(step: string): string {
  const script = `
    require('ts-node/register/transpile-only');
    const tf = require('@tensorflow/tfjs');
    const { startBackend } = require('./lib/nn/backend');
    const { explainStepFailure } = require('./lib/training/explain-failure');
    startBackend().then(() => { ${step} }).catch((error) =>
      console.log(explainStepFailure(error, { batchSize: 65536, epoch: 1, step: 2 }).message));`;
  const { stdout } = spawnSync(
    'sh',
    ['-c', 'ulimit -v 6000000; exec "$0" -e "$1"', process.execPath, script],
    {
      cwd: join(__dirname, '..', '..'),
      encoding: 'utf8',
    },
  );
  return stdout.trim();
}

describe.skipIf(process.platform !== 'linux')('in a process with too little memory', () => {
  it("TensorFlow's own error is recognised", () => {
    const said = thrownUnderALimit(
      'const x = tf.ones([65536, 64]); tf.matMul(x, x, false, true); throw new Error("it had the memory");',
    );
    expect(said).toMatch(
      /not enough memory at epoch 1, step 2, with a batch size of 65536 \(OOM when allocating tensor/,
    );
    expect(said).toMatch(/shape\[65536,65536\].*\)\. Start a new training with a batch size of 32768, or/);
  });

  it("so is JavaScript's", () => {
    expect(thrownUnderALimit('tf.zeros([65536, 32768]);')).toContain('(Array buffer allocation failed).');
  });
});
