import { InputError } from '../base/errors';
import {
  isBackendStarted,
  oneDnnFromEnvironment,
  startBackend,
  threadsFromEnvironment,
  type BackendInfo,
} from '../nn/backend';
import { calibrate, calibratedMachine, readCalibration } from './calibration';
import type { WorkKind } from './measure-step';
import type { Surroundings } from './run-record';

/** What decides how many threads a run takes. */
export interface RunThreads {
  /** Asked for by name; null leaves it to the environment and the machine. */
  readonly threads: number | null;
  readonly kind: WorkKind;
  /** Told what was decided, and why. */
  readonly say: (sentence: string) => void;
}

/**
 * Start the backend for a run.
 *
 * An interrupted run gets what it began with (backend, threads, oneDNN), because the last bits of its numbers depend on
 * it. A new one gets, in this order: `threads`, `TF_NUM_INTRAOP_THREADS`, what this machine's calibration found best for
 * this kind of work. Where there is no calibration yet, it is made now, in some seconds. A backend that this process
 * has started already is taken as it is.
 *
 * @param begun what the record of an interrupted run says; null for a new run
 * @throws InputError when an interrupted run began with something that this process is set to do otherwise
 */
export async function startRunBackend(
  begun: Surroundings | null,
  { threads, kind, say }: RunThreads,
): Promise<BackendInfo> {
  if (begun === null) {
    const chosen = threads ?? (isBackendStarted() ? null : await bestThreads(kind, say));
    return startBackend(chosen === null ? {} : { threads: chosen });
  }
  refuseOtherEnvironment(begun, threads);
  if (!isBackendStarted()) {
    process.env['TF_ENABLE_ONEDNN_OPTS'] = begun.oneDnn === 'on' ? '1' : '0';
    if (begun.backend === 'wasm') process.env['BEHAVIOR_LAB_BACKEND'] = 'wasm';
  }
  const info = await startBackend(
    begun.threads === null || begun.backend === 'wasm' ? {} : { threads: begun.threads },
  );
  refuseOtherBackend(begun, info);
  return info;
}

/**
 * The number of threads for a new run of this kind: `TF_NUM_INTRAOP_THREADS`, or else the calibration's, measured now if
 * there is none. Null when nothing is known: the backend then takes one for each core.
 */
export async function bestThreads(
  kind: WorkKind,
  say: (sentence: string) => void = () => {},
): Promise<number | null> {
  const asked = threadsFromEnvironment();
  if (asked !== null) return asked;
  if (calibratedMachine() === null) return null;
  let calibration = readCalibration();
  if (calibration === null) {
    say('Finding the best number of threads for this machine, once; some seconds ...');
    try {
      calibration = await calibrate();
    } catch (error) {
      say(`That failed, so that every core gets a thread. ${(error as Error).message}`);
      return null;
    }
  }
  const { threads } = calibration[kind];
  say(`${threads} thread${threads === 1 ? '' : 's'}, the best for ${kind} models on this machine.`);
  return threads;
}

/** What can be put right by leaving a setting out. */
function refuseOtherEnvironment(begun: Surroundings, threads: number | null): void {
  const refuse = (began: string, now: string, remedy: string): never => {
    throw new InputError(`this run began with ${began}, but ${now}.`, `${remedy}, or start a new run.`);
  };
  const { backend, oneDnn } = begun;
  const askedBackend = process.env['BEHAVIOR_LAB_BACKEND'];
  if (askedBackend && askedBackend !== backend) {
    refuse(`the backend ${backend}`, `BEHAVIOR_LAB_BACKEND is ${askedBackend}`, 'Unset it');
  }
  if (backend !== 'tensorflow') return;
  const began = `${begun.threads} thread${begun.threads === 1 ? '' : 's'}`;
  if (threads !== null && threads !== begun.threads) {
    refuse(began, `${threads} are asked for`, 'Leave them out');
  }
  const fromEnvironment = threadsFromEnvironment();
  if (fromEnvironment !== null && fromEnvironment !== begun.threads) {
    refuse(
      began,
      `TF_NUM_INTRAOP_THREADS is ${fromEnvironment} in this process`,
      'Unset it and go on with the run in a new process',
    );
  }
  if (process.env['TF_ENABLE_ONEDNN_OPTS'] && oneDnnFromEnvironment() !== oneDnn) {
    refuse(
      `oneDNN ${oneDnn}`,
      `TF_ENABLE_ONEDNN_OPTS turns it ${oneDnnFromEnvironment()}`,
      'Unset it and go on with the run in a new process',
    );
  }
}

/** What only another installation or machine can put right. */
function refuseOtherBackend(begun: Surroundings, info: BackendInfo): void {
  const pairs = [
    ['the backend', begun.backend, info.name],
    ['TensorFlow', begun.tensorflow, info.tensorflowVersion],
    ['the device', begun.device, info.device],
  ] as const;
  for (const [what, before, now] of pairs) {
    if (before !== now) {
      throw new InputError(
        `this run began with ${what} ${before ?? 'none'}; here it is ${now ?? 'none'}, which gives other numbers.`,
        'Go on with it where it began, or start a new run.',
      );
    }
  }
}
