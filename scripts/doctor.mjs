// What this machine has, and each problem with its remedy: `npm run doctor`. Plain Node: it must run when little else does.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findings } from './doctor/findings.mjs';
import { environmentTable, replaceBetweenMarkers } from './doctor/environment-table.mjs';
import { asFault, SetupFault } from './setup/fault.mjs';
import { cacheFolder, projectFolder, recordFile } from './setup/folders.mjs';
import { platformName } from './setup/machine.mjs';
import { readRecord, writeWhole } from './setup/record.mjs';
import { Reporter } from './setup/reporter.mjs';

const help = `npm run doctor [-- OPTIONS]    what this machine has, and each problem with its remedy

  --write   also put the table into environment.md
  --help    this text

Ends with status 1 when there is a problem.`;

async function main() {
  const options = readOptions();
  if (options.help) {
    console.log(help);
    return;
  }
  const found = await findings({
    project: projectFolder,
    cache: cacheFolder(),
    platform: platformName(process.platform, process.arch),
    gpu: readRecord(recordFile(projectFolder, 'choice'))?.gpu === true,
    retry: false,
    pins: readRecord(path.join(projectFolder, 'scripts', 'setup', 'pins.json')),
    env: process.env,
    reporter: new Reporter(),
  });
  const width = Math.max(...found.map(({ topic }) => topic.length));
  for (const { topic, value, remedy } of found) {
    console.log(`${remedy === undefined ? ' ' : '!'} ${topic.padEnd(width)}  ${value}`);
    if (remedy !== undefined) console.log(`  ${' '.repeat(width)}  -> ${remedy}`);
  }
  const problems = found.filter(({ remedy }) => remedy !== undefined).length;
  console.log(
    problems === 0 ? '\nNo problem found.' : `\n${problems} problem${problems === 1 ? '' : 's'} found.`,
  );
  if (options.write) {
    const file = path.join(projectFolder, 'environment.md');
    writeWhole(file, replaceBetweenMarkers(fs.readFileSync(file, 'utf8'), environmentTable(found)));
    console.log('The table in environment.md is written.');
  }
  if (problems > 0) process.exitCode = 1;
}

function readOptions() {
  try {
    const options = /** @type {const} */ ({
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    });
    return parseArgs({ options }).values;
  } catch (error) {
    throw new SetupFault(
      /** @type {Error} */ (error).message,
      '`npm run doctor -- --help` lists the options.',
    );
  }
}

try {
  await main();
} catch (error) {
  const fault = asFault(error, projectFolder);
  if (fault === null || process.env.BEHAVIOR_LAB_DEBUG) throw error;
  console.error(fault.message);
  process.exitCode = 1;
}
