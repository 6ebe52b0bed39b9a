import type { ProgramSpec } from '../../bench/program';
import type { Work } from '../../bench/work';

/**
 * A program that answers as a side does, with times that are given instead of measured.
 *
 * @param name written, at each request, on a line of `log`
 * @param ms   of the samples, in turn
 */
export function fakeProgram(log: string, name: string, ms: readonly number[]): ProgramSpec {
  const source = `
    const { appendFileSync } = require('node:fs');
    const ms = ${JSON.stringify(ms)};
    let taken = 0;
    const answers = {
      open: ({ threads }) => ({ way: 'fake', tried: {}, versions: { threads: String(threads) } }),
      write: () => ({}),
      run: ({ times }) => ({ samples: Array.from({ length: times }, () => ms[taken++ % ms.length]) }),
      check: () => ({ values: { fake: ms } }),
      memory: () => ({ rssMB: 100 + taken / 100, tensors: 7 }),
    };
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const request = JSON.parse(line);
      appendFileSync(${JSON.stringify(log)}, ${JSON.stringify(name)} + ' ' + request.do + '\\n');
      process.stdout.write(JSON.stringify(answers[request.do](request)) + '\\n');
    });`;
  return { command: process.execPath, args: ['-e', source], env: process.env };
}

export const fakeWork: Work = {
  name: 'add',
  group: 'engine',
  title: 'adds',
  kind: 'training',
  settings: { width: 2 },
  peers: ['pytorch', 'pytorch-tuned'],
  unit: 'ms',
  turn: 1,
};
