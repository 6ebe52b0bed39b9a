import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { replaceFile } from '../base/replace-file';
import { cacheFolder } from '../data/cache-folder';
import { installedTensorFlow, oneDnnFromEnvironment } from '../nn/backend';
import { workKinds, type WorkKind } from './measure-step';

/** What the best number of threads depends on: a calibration holds for one such machine. */
export interface CalibratedMachine {
  readonly processor: string;
  readonly cores: number;
  readonly tensorflow: string; // like 'tensorflow-cpu 2.21.0'
  readonly oneDnn: 'on' | 'off';
  readonly engine: number; // raised when steps are computed otherwise
}

/** How long a small training step took at each number of threads, and which number is used from then on. */
export interface KindCalibration {
  readonly threads: number;
  readonly timings: readonly { readonly threads: number; readonly milliseconds: number }[];
}

/** The thread setting of a machine, found once and kept in the cache folder. */
export interface Calibration {
  readonly machine: CalibratedMachine;
  readonly measuredAt: string; // ISO 8601
  /** Processes that wanted to run just before, on average: where others compute too, the times say little. */
  readonly load: number;
  readonly recurrent: KindCalibration;
  readonly attention: KindCalibration;
}

/** A slower step that takes fewer threads is preferred within this share: it is noise, and others use the machine too. */
const negligible = 0.05;
const repeats = 5;

/** This machine, without loading TensorFlow; null where set-up could not install it, or wasm is asked for. */
export function calibratedMachine(): CalibratedMachine | null {
  const tensorflow = installedTensorFlow();
  if (tensorflow === null || process.env['BEHAVIOR_LAB_BACKEND'] === 'wasm') return null;
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    tensorflow,
    oneDnn: oneDnnFromEnvironment(),
    engine: engineVersion,
  };
}

/** Raised by hand when training steps are computed otherwise, so that machines are measured again. */
const engineVersion = 3;

/** Where a machine's calibration is kept: one file a machine, so that a cache folder may be shared or copied. */
export function calibrationFile(machine: CalibratedMachine, cache: string = cacheFolder()): string {
  const key = createHash('sha256').update(JSON.stringify(machine)).digest('hex').slice(0, 16);
  return join(cache, 'threads', `${key}.json`);
}

/** The calibration of this machine, or null when there is none that can be read. */
export function readCalibration(cache?: string): Calibration | null {
  const machine = calibratedMachine();
  if (machine === null) return null;
  try {
    const read = JSON.parse(readFileSync(calibrationFile(machine, cache), 'utf8')) as Calibration;
    return [read.recurrent, read.attention].every(({ threads }) => Number.isInteger(threads)) ? read : null;
  } catch {
    return null;
  }
}

/**
 * Find the best number of threads for each kind of work, and keep it in the cache folder.
 *
 * Each number is tried in a process of its own, because TensorFlow fixes it when it is loaded. Some seconds a number;
 * measure on a machine that does nothing else.
 *
 * @param onMeasured gets the times of one number of threads, in milliseconds
 * @throws Error when there is no native TensorFlow, or a measuring process fails
 */
export async function calibrate(
  onMeasured: (threads: number, milliseconds: Readonly<Record<WorkKind, number>>) => void = () => {},
  cache?: string,
): Promise<Calibration> {
  const machine = calibratedMachine();
  if (machine === null) throw new Error('calibrate: there is no native TensorFlow to calibrate');
  const load = Math.round(loadavg()[0]! * 10) / 10;
  const measured: { readonly threads: number; readonly milliseconds: Readonly<Record<WorkKind, number>> }[] =
    [];
  for (const threads of threadCandidates(machine.cores)) {
    const milliseconds = await measureInOwnProcess(threads);
    measured.push({ threads, milliseconds });
    onMeasured(threads, milliseconds);
  }
  const [recurrent, attention] = workKinds.map((kind): KindCalibration => {
    const timings = measured.map(({ threads, milliseconds }) => ({
      threads,
      milliseconds: Math.round(milliseconds[kind] * 10) / 10,
    }));
    return { threads: fewestFastThreads(timings), timings };
  }) as [KindCalibration, KindCalibration];
  const calibration = { machine, measuredAt: new Date().toISOString(), load, recurrent, attention };
  const file = calibrationFile(machine, cache);
  mkdirSync(dirname(file), { recursive: true });
  replaceFile(file, [Buffer.from(`${JSON.stringify(calibration, null, 2)}\n`)]);
  return calibration;
}

/** The numbers of threads that are tried: 1, 2, 4, ... and all cores, but no more than 16. */
export function threadCandidates(cores: number): number[] {
  const most = Math.min(cores, 16);
  const powers = Array.from({ length: 5 }, (_, power) => 2 ** power).filter((threads) => threads < most);
  return [...powers, most];
}

/** The fewest threads whose time is within 5 % of the best. */
export function fewestFastThreads(timings: KindCalibration['timings']): number {
  const best = Math.min(...timings.map(({ milliseconds }) => milliseconds));
  const fast = timings.filter(({ milliseconds }) => milliseconds <= best * (1 + negligible));
  return Math.min(...fast.map(({ threads }) => threads));
}

function measureInOwnProcess(threads: number): Promise<Record<WorkKind, number>> {
  const ending = extname(__filename); // .ts in tests, .js when built
  const module = join(__dirname, `measure-step${ending}`);
  const code = `require(${JSON.stringify(module)}).measureSteps(${threads}, ${repeats})
    .then((times) => console.log('\\n' + JSON.stringify(times)))`;
  const compile = ending === '.ts' ? ['-r', 'ts-node/register/transpile-only'] : [];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...compile, '-e', code], {
      cwd: join(__dirname, '..', '..'),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let answer = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    child.once('error', reject);
    child.once('close', (status) => {
      const line = /^\{"recurrent".*\}$/m.exec(answer)?.[0];
      if (status === 0 && line) resolve(JSON.parse(line) as Record<WorkKind, number>);
      else
        reject(
          new Error(`calibrate: measuring with ${threads} threads failed: ${complaint.trim().slice(-400)}`),
        );
    });
  });
}
