import { InputError } from 'behavior-lab/base/errors';
import {
  calibrate,
  calibratedMachine,
  calibrationFile,
  readCalibration,
  type Calibration,
} from 'behavior-lab/experiments/calibration';
import { workKinds } from 'behavior-lab/experiments/measure-step';
import { tableToText } from 'behavior-lab/figures/table';
import { runCommand } from './command-line';

const usage = `Find the best number of threads for this machine, once: a few seconds, on a machine that does nothing else.

  npm run calibrate [-- --again]

One training step of a small recurrent model and of a small attention model is timed with 1, 2, 4 ... threads, each in
a process of its own. The result is kept in the cache folder, for this processor, its cores, this TensorFlow and oneDNN
setting. npm run experiment uses it, and calls this by itself at its first run. Notebooks, tests and npm run seeds do not.

  --again   measure although there is a result
`;

const options = {
  again: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h' },
} as const;

runCommand(usage, options, async ({ again }) => {
  const machine = calibratedMachine();
  if (machine === null) {
    throw new InputError(
      'native TensorFlow is not in use here, and WebAssembly has one thread.',
      '`npm run doctor` says what to do.',
    );
  }
  const earlier = again ? null : readCalibration();
  const calibration =
    earlier ??
    (await calibrate((threads, milliseconds) => {
      const times = workKinds.map((kind) => `${kind} ${milliseconds[kind].toFixed(1)} ms`);
      process.stderr.write(`${threads} thread${threads === 1 ? '' : 's'}: ${times.join(', ')}\n`);
    }));
  process.stdout.write(
    `${tableToText(rowsOf(calibration))}\n` +
      `fastest of a few training steps, ${machine.cores} cores, ${machine.processor}, ${machine.tensorflow}, ` +
      `oneDNN ${machine.oneDnn}, ${calibration.measuredAt}${earlier ? ' (measured earlier; --again measures anew)' : ''}\n` +
      `kept in ${calibrationFile(machine)}\n`,
  );
});

function rowsOf(calibration: Calibration): Record<string, string>[] {
  return workKinds.map((kind) => ({
    work: kind,
    'threads from now on': String(calibration[kind].threads),
    ...Object.fromEntries(
      calibration[kind].timings.map(({ threads, milliseconds }) => [
        `${threads} (ms)`,
        milliseconds.toFixed(1),
      ]),
    ),
  }));
}
