import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../lib/base/errors';
import type { EpochRecord } from '../../lib/training/checkpoint';
import { followRunLog, readRunLog, writeRunLog } from '../../lib/training/run-log';
import type { TrainingProgress } from '../../lib/training/train';
import { temporaryFolder } from '../data/temporary-folder';

const place = temporaryFolder();
let files = 0;
const newLog = (): string => place(`log-${++files}`, '');

const record = (epoch: number, loss = 1 / epoch): EpochRecord => ({
  epoch,
  loss,
  validation: epoch / 10,
  seconds: 2,
  learningRate: 0.001,
  gradientNorm: 1.5,
});
const records = (epochs: number): EpochRecord[] => Array.from({ length: epochs }, (_, i) => record(i + 1));
const at = (epoch: number, step: number, history = records(epoch - 1), loss = 5): TrainingProgress => ({
  epoch,
  maxEpochs: 9,
  step,
  steps: 4,
  loss,
  secondsLeft: 60,
  history,
});
/** What `train` says after the validation of an epoch. */
const end = (epoch: number): TrainingProgress => at(epoch, 0, records(epoch), 1 / epoch);

const second = (): void => void vi.advanceTimersByTime(1000);
beforeEach(() => vi.useFakeTimers({ toFake: ['performance', 'Date'] }));
afterEach(() => vi.useRealTimers());

describe('the log of a run', () => {
  it('gives back what was said last, and the course within the epoch at work', () => {
    const file = newLog();
    const write = writeRunLog(file);
    write(at(1, 1, [], 8));
    second();
    write(at(1, 2, [], 7));
    expect(readRunLog(file)).toMatchObject({
      latest: at(1, 2, [], 7),
      stepsOfEpoch: [
        { step: 1, loss: 8 },
        { step: 2, loss: 7 },
      ],
    });
    write(end(1));
    expect(readRunLog(file)).toMatchObject({ latest: end(1), stepsOfEpoch: [] });
    expect(readRunLog(join(file, '..', 'none'))).toEqual({ latest: null, stepsOfEpoch: [], at: null });
  });

  it('has a line for every epoch, and at most one a second for steps', () => {
    const file = newLog();
    const write = writeRunLog(file);
    for (const epoch of [1, 2, 3]) {
      for (const step of [1, 2, 3, 4]) write(at(epoch, step));
      write(end(epoch));
    }
    second();
    write(at(4, 1));
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const fields = lines.map((line) => Object.values(JSON.parse(line) as Record<string, unknown>));
    expect(fields.map((values) => values.slice(1, 4))).toEqual([
      [1, 9, 1],
      [1, 9, 0],
      [2, 9, 0],
      [3, 9, 0],
      [4, 9, 1],
    ]);
  });

  it('keeps every number of an epoch, also those that it does not know', () => {
    const file = newLog();
    const full = { ...record(1), somethingNew: 1.5 };
    writeRunLog(file)(at(1, 0, [full]));
    expect(readRunLog(file).latest!.history).toEqual([full]);
  });

  it('where a resumed training repeats epochs, what was written last counts', () => {
    const file = newLog();
    const first = writeRunLog(file);
    for (const epoch of [1, 2, 3]) first(end(epoch));
    const again = writeRunLog(file);
    second();
    again(at(3, 2));
    expect(readRunLog(file).latest!.history.map(({ epoch }) => epoch)).toEqual([1, 2]);
    again(at(3, 0, [record(1), record(2), record(3, 0.25)], 0.25));
    again(at(4, 0, [record(1), record(2), record(3, 0.25), record(4)], 0.25));
    expect(readRunLog(file).latest!.history.map(({ loss }) => loss)).toEqual([1, 1 / 2, 0.25, 1 / 4]);
  });

  it('passes over half a line, and a resumed training does not glue its own to it', () => {
    const file = newLog();
    const first = writeRunLog(file);
    first(end(1));
    first(end(2));
    writeFileSync(file, readFileSync(file).subarray(0, -30));
    expect(readRunLog(file).latest).toEqual(end(1));
    writeRunLog(file)(end(3));
    expect(readRunLog(file).latest!.history).toEqual(records(3));
  });

  it('passes over lines that are no records', () => {
    const file = newLog();
    writeRunLog(file)(end(1));
    appendFileSync(
      file,
      'null\n17\n{"epoch": 7}\n{"at":"x","epoch":2,"maxEpochs":9,"step":0,"steps":4,"loss":1,\n',
    );
    appendFileSync(file, '{"at":"x","epoch":2,"maxEpochs":9,"step":0,"steps":4,"loss":1,"secondsLeft":1}\n');
    expect(readRunLog(file).latest).toEqual(end(1));
  });

  it('is followed line by line; half a line waits for its other half', () => {
    const file = newLog();
    const read = followRunLog(file);
    expect(read().latest).toBeNull();
    const other = newLog();
    const write = writeRunLog(other);
    write(end(1));
    write(end(2));
    const text = readFileSync(other, 'utf8');
    writeFileSync(file, text.slice(0, -40));
    expect(read().latest).toEqual(end(1));
    appendFileSync(file, text.slice(-40));
    expect(read().latest).toEqual(end(2));
    expect(read().latest).toEqual(end(2));
    writeFileSync(file, `${text.split('\n')[0]!}\n`); // a run that began anew
    expect(read().latest).toEqual(end(1));
  });

  it('says in one sentence that it cannot be written', () => {
    const file = join(newLog(), '..', 'no-folder', 'log');
    expect(() => writeRunLog(file)(end(1))).toThrow(InputError);
  });
});
