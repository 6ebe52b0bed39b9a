import { describe, expect, it } from 'vitest';
import { threadFindings } from '../../scripts/doctor/threads.mjs';

const info = { name: 'tensorflow', threads: 2, oneDnn: 'on' };
const calibration = {
  measuredAt: '2024-05-06T07:08:09.000Z',
  load: 0.2,
  recurrent: {
    threads: 1,
    timings: [
      { threads: 1, milliseconds: 127.4 },
      { threads: 2, milliseconds: 142.9 },
    ],
  },
  attention: { threads: 2, timings: [{ threads: 2, milliseconds: 113.6 }] },
};
const found = (...given: Parameters<typeof threadFindings>): string[] =>
  threadFindings(...given).map(({ topic, value, remedy = '' }) => `${topic}: ${value} -> ${remedy}`);

describe('doctor on threads', () => {
  it('says which are used where, and what was measured when', () => {
    expect(found({}, 4, info, calibration)).toEqual([
      'Threads: 2 in notebooks and seeds; in experiment 1 (recurrent) or 2 (attention) -> ',
      'Calibration: 2024-05-06, a training step: recurrent 127 ms with 1, 143 ms with 2; attention 114 ms with 2 -> ',
      'oneDNN: on -> ',
    ]);
  });

  it('takes a machine without a calibration for no problem', () => {
    expect(found({}, 4, info, null)[1]).toMatch(/^Calibration: none yet: .*`npm run calibrate` -> $/);
  });

  it('wants a calibration on a busy machine to be repeated', () => {
    expect(found({}, 4, info, { ...calibration, load: 3.5 })[1]).toMatch(
      /on a busy machine \(load 3\.5\) -> Run `npm run calibrate -- --again`/,
    );
  });

  it('names what the environment asks for, and nonsense and too many as problems', () => {
    const asked = (threads: string): string => found({ TF_NUM_INTRAOP_THREADS: threads }, 4, info, null)[0]!;
    expect(asked('3')).toBe('Threads: 3, because TF_NUM_INTRAOP_THREADS says so -> ');
    expect(asked('9')).toMatch(/-> There are 4 cores, and more threads only wait/);
    expect(asked('many')).toMatch(/is 'many' -> Set it to a whole number/);
  });

  it('says that oneDNN moves the numbers, and that wasm has one thread', () => {
    expect(found({}, 4, { ...info, oneDnn: 'off' }, null)[2]).toMatch(
      /off .*committed numbers were made with it/,
    );
    expect(found({}, 4, { ...info, name: 'wasm' }, null)).toEqual([
      'Threads: 1: WebAssembly has no more here -> ',
    ]);
  });
});
