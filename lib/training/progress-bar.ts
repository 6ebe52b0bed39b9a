import type { TrainingProgress } from './train';

/**
 * One line that says how far a training has come, for example
 * `epoch 3/40 [####......] loss 5.8120 best validation 0.0912 at most 41 s left`.
 */
export function progressLine(progress: TrainingProgress, width = 20): string {
  const { epoch, maxEpochs, step, steps, loss, secondsLeft, history } = progress;
  const done = step === 0 ? 1 : step / Math.max(steps, 1);
  const filled = Math.round(done * width);
  const best = history.reduce((value, record) => Math.max(value, record.validation), -Infinity);
  return [
    `epoch ${epoch}/${maxEpochs}`,
    `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}]`,
    `loss ${loss.toFixed(4)}`,
    ...(history.length > 0 ? [`best validation ${best.toFixed(4)}`] : []),
    `at most ${duration(secondsLeft)} left`,
  ].join(' ');
}

/** Seconds as people say them: `41 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/**
 * Show a training in a terminal: one line that redraws itself, or a line an epoch where output goes to a file.
 *
 * @param output a stream; standard error by default, so that results on standard output stay clean
 */
export function terminalProgress(
  output: NodeJS.WriteStream = process.stderr,
): (progress: TrainingProgress) => void {
  return (progress) => {
    if (output.isTTY) output.write(`\r\x1b[2K${progressLine(progress)}${progress.step === 0 ? '\n' : ''}`);
    else if (progress.step === 0) output.write(`${progressLine(progress)}\n`);
  };
}
