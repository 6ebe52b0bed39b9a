import { join } from 'node:path';
import { runEnding, runStatus } from 'behavior-lab/experiments/run-status';
import { stopRun } from 'behavior-lab/experiments/stop-run';
import { progressLine } from 'behavior-lab/training/progress-bar';
import { followRunLog, runLogName } from 'behavior-lab/training/run-log';
import { runCommand } from './command-line';

const usage = `Follow a run until it ends. Ctrl-C ends the watching, not the run.

  npm run watch -- DIR [options]

  --once   say how far it is, and end
  --stop   stop the run after the step at hand, with a checkpoint
`;

const options = {
  once: { type: 'boolean' },
  stop: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const lookEveryMs = 500;

runCommand(
  usage,
  options,
  async ({ once, stop }, folder) => {
    if (stop) {
      const status = await stopRun(folder);
      process.stdout.write(`${runEnding(folder, status) ?? `The run is ${status.state}.`}\n`);
      return;
    }
    const readLog = followRunLog(join(folder, runLogName));
    const { isTTY } = process.stdout;
    let shown = '';
    let isWatching = true;
    process.once('SIGINT', () => (isWatching = false));
    for (;;) {
      const status = runStatus(folder);
      const { latest, at } = readLog();
      const ending = runEnding(folder, status);
      if (ending !== null) {
        process.stdout.write(`${isTTY && shown ? '\n' : ''}${ending}\n`);
        process.exitCode = status.state === 'died' ? 1 : 0;
        return;
      }
      const line =
        status.state === 'training' && latest
          ? progressLine(latest)
          : 'The run reads its data and measures the baselines ...';
      // Redrawn in a terminal; in a file a line an epoch.
      if (isTTY) process.stdout.write(`\r\x1b[2K${line}`);
      else if (once || shown === '' || latest?.step === 0)
        if (line !== shown) process.stdout.write(`${line}\n`);
      if (isTTY || once || shown === '' || latest?.step === 0) shown = line;
      if (once) {
        process.stdout.write(
          `${isTTY ? '\n' : ''}${at ? `Written ${at}. ` : ''}Process ${status.process!.pid}.\n`,
        );
        return;
      }
      if (!isWatching) {
        process.stdout.write(`\nThe run goes on. Watch it again: npm run watch -- ${folder}\n`);
        return;
      }
      await new Promise((wake) => setTimeout(wake, lookEveryMs));
    }
  },
  'the folder of a run',
);
