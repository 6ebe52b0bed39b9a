// Step: the npm packages, exactly those of package-lock.json, without running any package's install script.
import fs from 'node:fs';
import path from 'node:path';
import { runCommand } from './command.mjs';
import { faultOfCommand } from './fault.mjs';
import { contentKey, readRecord, writeRecord } from './record.mjs';

/** @param {string} project */
const stampFile = (project) => path.join(project, 'node_modules', '.behavior-lab-setup.json');

/** @type {import('./steps.mjs').Step} */
export const npmPackages = {
  name: 'npm',
  title: 'npm packages',
  usesCache: true,

  isDone({ project }) {
    // npm writes this list last; without it the folder is no whole installation.
    const isWhole = fs.existsSync(path.join(project, 'node_modules', '.package-lock.json'));
    return isWhole && readRecord(stampFile(project))?.key === npmKey(project);
  },

  async run(context) {
    const { project, cache, env, reporter } = context;
    const key = npmKey(project);
    const startMs = performance.now();
    const npm = npmCommand(env);
    const { ok, output, isMissing } = await runCommand(
      npm.command,
      [...npm.args, 'ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--no-progress'],
      {
        cwd: project,
        env: { ...env, npm_config_cache: path.join(cache, 'npm'), npm_config_update_notifier: 'false' },
        logFile: path.join(project, '.lab', 'setup', 'npm.log'),
        onTick: () => reporter.progress(`installing, ${Math.round((performance.now() - startMs) / 1000)} s`),
      },
    );
    if (!ok) {
      throw faultOfCommand(
        'Installing the npm packages',
        output,
        project,
        isMissing
          ? 'npm was not found: install Node with npm, then run the same command again.'
          : 'See what npm says below and in .lab/setup/npm.log.',
      );
    }
    writeRecord(stampFile(project), { key });
    return `${Object.keys(readRecord(path.join(project, 'node_modules', '.package-lock.json'))?.packages ?? {}).length} packages`;
  },
};

/** @param {string} project */
export function npmKey(project) {
  const [major = ''] = process.versions.node.split('.');
  return contentKey([fs.readFileSync(path.join(project, 'package-lock.json')), major]);
}

/**
 * Under `npm start` npm says which npm it is; otherwise the one on the PATH.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function npmCommand(env) {
  const execPath = env.npm_execpath ?? '';
  return path.basename(execPath) === 'npm-cli.js'
    ? { command: process.execPath, args: [execPath] }
    : { command: 'npm', args: [] };
}
