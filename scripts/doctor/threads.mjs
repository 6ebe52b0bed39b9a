// What doctor says of threads, their calibration and oneDNN: everything that the last bits of a number depend on and
// that a user can set.

/**
 * @typedef {object} Timings
 * @property {number} threads the number that is used
 * @property {readonly { threads: number, milliseconds: number }[]} timings
 */

/** @typedef {{ measuredAt: string, load: number, recurrent: Timings, attention: Timings }} Calibration of lib/experiments/calibration.ts */

/**
 * The number of threads that the environment asks for: null when it asks for none, NaN when for nonsense.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function askedThreads(env) {
  const text = env.TF_NUM_INTRAOP_THREADS;
  if (!text) return null;
  const threads = Number(text);
  return Number.isInteger(threads) && threads >= 1 ? threads : NaN;
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {number} cores
 * @param {{ name: string, threads: number, oneDnn: string }} info of the backend, started as a notebook starts it
 * @param {Calibration | null} calibration
 * @returns {import('./findings.mjs').Finding[]}
 */
export function threadFindings(env, cores, info, calibration) {
  if (info.name !== 'tensorflow') return [{ topic: 'Threads', value: '1: WebAssembly has no more here' }];
  return [
    threadFinding(env, cores, info.threads, calibration),
    calibrationFinding(cores, calibration),
    {
      topic: 'oneDNN',
      value:
        info.oneDnn === 'on'
          ? 'on'
          : 'off (TF_ENABLE_ONEDNN_OPTS asks for it): slower, and the committed numbers were made with it',
    },
  ];
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {number} cores
 * @param {number} threads of a notebook
 * @param {Calibration | null} calibration
 * @returns {import('./findings.mjs').Finding}
 */
function threadFinding(env, cores, threads, calibration) {
  const asked = askedThreads(env);
  if (asked === null) {
    const { recurrent, attention } = calibration ?? {};
    const best =
      recurrent && attention && `${recurrent.threads} (recurrent) or ${attention.threads} (attention)`;
    return {
      topic: 'Threads',
      value: `${threads} in notebooks and seeds; in experiment ${best ?? 'what calibration will find'}`,
    };
  }
  if (Number.isNaN(asked)) {
    return {
      topic: 'Threads',
      value: `TF_NUM_INTRAOP_THREADS is '${env.TF_NUM_INTRAOP_THREADS}'`,
      remedy: 'Set it to a whole number from 1 up, or unset it.',
    };
  }
  return {
    topic: 'Threads',
    value: `${asked}, because TF_NUM_INTRAOP_THREADS says so`,
    ...(asked > cores && { remedy: `There are ${cores} cores, and more threads only wait: unset it.` }),
  };
}

/**
 * @param {number} cores
 * @param {Calibration | null} calibration
 * @returns {import('./findings.mjs').Finding}
 */
function calibrationFinding(cores, calibration) {
  const topic = 'Calibration';
  if (calibration === null) {
    return {
      topic,
      value: 'none yet: measured at the first `npm run experiment`, or now by `npm run calibrate`',
    };
  }
  const { measuredAt, load, recurrent, attention } = calibration;
  const value = `${measuredAt.slice(0, 10)}, a training step: recurrent ${timesOf(recurrent)}; attention ${timesOf(attention)}`;
  return load > 0.75 * cores
    ? {
        topic,
        value: `${value}; measured on a busy machine (load ${load})`,
        remedy: 'Run `npm run calibrate -- --again` when nothing else computes.',
      }
    : { topic, value };
}

/** @param {Timings} calibrated */
function timesOf({ timings }) {
  return timings
    .map(({ threads, milliseconds }) => `${Math.round(milliseconds)} ms with ${threads}`)
    .join(', ');
}
