import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../lib/base/errors';
import { readTensors, writeTensors, type TensorFile } from '../../lib/training/safetensors';

const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
const example: TensorFile = {
  tensors: new Map([
    ['table', { shape: [2, 3], values: Float32Array.of(1, 2, 3, -4, 5.5, 1e-30) }],
    ['layers.0.bias', { shape: [2], values: Float32Array.of(7, 8) }],
    ['none', { shape: [0, 4], values: new Float32Array(0) }],
  ]),
  metadata: { made: 'by a test' },
};

const problem = (action: () => unknown): InputError => {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('weights in a file', () => {
  it('come back bit for bit', () => {
    const file = join(folder, 'a.safetensors');
    writeTensors(file, example);
    const read = readTensors(file);
    expect([...read.tensors]).toEqual([...example.tensors]);
    expect(read.metadata).toEqual(example.metadata);
  });

  const python = join(__dirname, '..', '..', '.venv', 'bin', 'python');
  it.skipIf(!existsSync(python))('can be read by Python, from the package safetensors', () => {
    const file = join(folder, 'python.safetensors');
    writeTensors(file, example);
    const script = `
import json, sys
from safetensors.numpy import load_file
print(json.dumps({k: [list(v.shape), [float(x) for x in v.ravel()]] for k, v in load_file(sys.argv[1]).items()}))`;
    const said = JSON.parse(execFileSync(python, ['-c', script, file], { encoding: 'utf8' })) as Record<
      string,
      unknown
    >;
    for (const [name, { shape, values }] of example.tensors)
      expect(said[name]).toEqual([shape, Array.from(values)]);
    expect(Object.keys(said).sort()).toEqual([...example.tensors.keys()].sort());
  });

  it('are refused when cut off anywhere, naming file and remedy', () => {
    const file = join(folder, 'cut.safetensors');
    writeTensors(file, example);
    const whole = readFileSync(file);
    for (const length of [0, 4, 20, whole.length - 1, whole.length - 9]) {
      writeFileSync(file, whole);
      truncateSync(file, length);
      const error = problem(() => readTensors(file));
      expect(error.message).toContain(file);
      expect(error.message).toMatch(/damaged or was cut off\. Use an older checkpoint/);
    }
  });

  it('are refused when something follows them, or the file is missing', () => {
    const file = join(folder, 'long.safetensors');
    writeTensors(file, example);
    writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.alloc(4)]));
    expect(problem(() => readTensors(file)).message).toMatch(/4 bytes too many/);
    expect(problem(() => readTensors(join(folder, 'absent'))).message).toMatch(/cannot be read/);
  });

  it('are refused whatever byte of the header is wrong, and never by a fault of ours', () => {
    const file = join(folder, 'flipped.safetensors');
    writeTensors(file, example);
    const whole = readFileSync(file);
    const headerEnd = 8 + Number(whole.readBigUInt64LE(0));
    for (let place = 8; place < headerEnd; place++) {
      for (const bit of [1, 4, 64]) {
        const flipped = Buffer.from(whole);
        flipped[place]! ^= bit;
        writeFileSync(file, flipped);
        try {
          readTensors(file); // a letter of a name or of the metadata may change unseen
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }
    }
  });

  it.each([
    ['null'],
    ['[]'],
    ['{"a":null}'],
    ['{"a":{"dtype":"F32","shape":[1]}}'],
    [
      '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
    ],
  ])('are refused with the header %s', (header) => {
    const file = join(folder, 'odd.safetensors');
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    writeFileSync(file, Buffer.concat([length, Buffer.from(header), Buffer.alloc(4)]));
    expect(problem(() => readTensors(file)).message).toMatch(/damaged or was cut off/);
  });
});
