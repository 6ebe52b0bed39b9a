import { appendFileSync, closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { InputError } from '../base/errors';
import type { EpochRecord } from './checkpoint';
import type { TrainingProgress } from './train';

/** The name of a run's log in its folder. */
export const runLogName = 'progress.ndjson';

/** Steps are written at most this often; epochs always. */
const stepEveryMs = 1000;

/** One line of the log. A line with `finished` is the end of an epoch, one without it a step on the way. */
interface LogLine {
  readonly at: string;
  readonly epoch: number;
  readonly maxEpochs: number;
  readonly step: number; // 0 at the end of an epoch
  readonly steps: number;
  readonly loss: number;
  readonly secondsLeft: number;
  readonly finished?: EpochRecord;
}

/** One point of the epoch at work: its mean loss after some of its steps. */
export interface StepPoint {
  readonly step: number;
  readonly loss: number;
}

/** What a log tells. */
export interface RunLog {
  /** How far the training has come, as `train` said it last; null before its first step. */
  readonly latest: TrainingProgress | null;
  /** Course of the loss within the epoch at work. */
  readonly stepsOfEpoch: readonly StepPoint[];
  /** When the last line was written. */
  readonly at: string | null;
}

/**
 * Write the course of a training down, one JSON object a line, so that another process can follow it.
 *
 * A line an epoch, and at most one a second for the steps between. Each is appended at once: what a killed process had
 * written stays. The first call of a resumed training adds the epochs that the log lacks.
 *
 * @returns what to hand to `train` as `onProgress`; it throws an InputError when the file cannot be written
 */
export function writeRunLog(file: string): (progress: TrainingProgress) => void {
  let writtenMs = -Infinity;
  let writtenEpoch: number | undefined;
  const append = (line: Omit<LogLine, 'at'>): void => {
    writtenMs = performance.now();
    appendText(file, `${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
  };
  return ({ history, ...progress }) => {
    if (writtenEpoch === undefined) {
      writtenEpoch = lastEpochBefore(file, history);
      if (endsWithinALine(file)) appendText(file, '\n');
    }
    const isEpochsEnd = progress.step === 0;
    for (const finished of history) {
      if (finished.epoch <= writtenEpoch) continue;
      const { epoch, loss } = finished;
      append({ ...progress, epoch, loss, step: 0, finished });
      writtenEpoch = epoch;
    }
    if (!isEpochsEnd && performance.now() - writtenMs >= stepEveryMs) append(progress);
  };
}

function appendText(file: string, text: string): void {
  try {
    appendFileSync(file, text);
  } catch (error) {
    throw new InputError(
      `the log of the training cannot be written (${(error as Error).message}).`,
      'Make room on the disk or check the rights of the folder, then resume.',
      { file },
    );
  }
}

/** The last of the known epochs that stands in the log already, as it stands there: later ones are written again. */
function lastEpochBefore(file: string, history: readonly EpochRecord[]): number {
  const logged = readRunLog(file).latest?.history ?? [];
  let same = 0;
  while (same < history.length && history[same]!.epoch === logged[same]?.epoch) same++;
  return same === 0 ? 0 : history[same - 1]!.epoch;
}

/** A killed process may have left half a line. */
function endsWithinALine(file: string): boolean {
  if (!existsSync(file)) return false;
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const last = Buffer.alloc(1);
    return size > 0 && readSync(handle, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a;
  } finally {
    closeSync(handle);
  }
}

/** Read a log once, whole. A log that is not there yet tells nothing. */
export function readRunLog(file: string): RunLog {
  return followRunLog(file)();
}

/**
 * Read a log again and again; each call reads only what came since the last one.
 *
 * Half a line at the end waits for its other half; a line that is no record is passed over. Where a resumed training
 * repeats epochs, what was written last counts.
 */
export function followRunLog(file: string): () => RunLog {
  let offset = 0;
  let rest = Buffer.alloc(0);
  let history: EpochRecord[] = [];
  let stepsOfEpoch: StepPoint[] = [];
  let last: LogLine | undefined;

  const take = (line: LogLine): void => {
    const { epoch, step, loss, finished } = line;
    if (epoch !== last?.epoch || finished) stepsOfEpoch = [];
    // A line of an epoch says that it, and all after it, were not there any more when it was written.
    history = history.filter((record) => record.epoch < epoch);
    if (finished) history.push(finished);
    else stepsOfEpoch = [...stepsOfEpoch.filter((point) => point.step < step), { step, loss }];
    last = line;
  };

  return () => {
    const size = existsSync(file) ? statSync(file).size : 0;
    if (size < offset) {
      // Another run has begun a log of its own.
      [offset, rest, history, stepsOfEpoch, last] = [0, Buffer.alloc(0), [], [], undefined];
    }
    if (size > offset) {
      const fresh = readPart(file, offset, size);
      offset += fresh.length;
      const text = Buffer.concat([rest, fresh]);
      const end = text.lastIndexOf(0x0a) + 1;
      rest = text.subarray(end);
      for (const line of text.toString('utf8', 0, end).split('\n')) {
        const record = parseLine(line);
        if (record) take(record);
      }
    }
    if (!last) return { latest: null, stepsOfEpoch, at: null };
    const { epoch, maxEpochs, step, steps, loss, secondsLeft, at } = last;
    return {
      latest: { epoch, maxEpochs, step, steps, loss, secondsLeft, history: [...history] },
      stepsOfEpoch,
      at,
    };
  };
}

function readPart(file: string, from: number, to: number): Buffer {
  const handle = openSync(file, 'r');
  try {
    const part = Buffer.alloc(to - from);
    return part.subarray(0, readSync(handle, part, 0, part.length, from));
  } finally {
    closeSync(handle);
  }
}

const isNumber = (value: unknown): value is number => typeof value === 'number';

function parseLine(text: string): LogLine | undefined {
  let value: Partial<LogLine> | null;
  try {
    value = JSON.parse(text) as Partial<LogLine> | null;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { epoch, maxEpochs, step, steps, loss, secondsLeft, at, finished } = value;
  if (![epoch, maxEpochs, step, steps, loss, secondsLeft].every(isNumber) || typeof at !== 'string')
    return undefined;
  if (step === 0 && !(isNumber(finished?.epoch) && isNumber(finished.loss) && isNumber(finished.validation)))
    return undefined;
  return value as LogLine;
}
