// Step: compile lib/ to dist/ and link it as the package `behavior-lab`, which notebooks and scripts import.
import fs from 'node:fs';
import path from 'node:path';
import { runCommand } from './command.mjs';
import { SetupFault } from './fault.mjs';
import { recordFile } from './folders.mjs';
import { contentKey, filesBelow, linkTo, readRecord, writeRecord, writeWhole } from './record.mjs';

/** @type {import('./steps.mjs').Step} */
export const buildLibrary = {
  name: 'build',
  title: 'Build of lib/',

  isDone({ project }) {
    const record = readRecord(recordFile(project, 'build'));
    return record?.key === libraryKey(project) && isLinked(project) && missingOutputs(project).length === 0;
  },

  async run({ project, env }) {
    const dist = path.join(project, 'dist');
    const key = libraryKey(project);
    fs.rmSync(recordFile(project, 'build'), { force: true });
    // The compiler leaves out what it believes is there; it believes a list of its own.
    if (missingOutputs(project).length > 0) fs.rmSync(path.join(dist, '.tsbuildinfo'), { force: true });
    removeOrphans(project);
    const compiler = path.join(project, 'node_modules', 'typescript', 'bin', 'tsc');
    const { ok, output } = await runCommand(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
      cwd: project,
      env,
    });
    if (!ok) {
      throw new SetupFault('lib/ does not compile', 'Correct what the compiler names below.', {
        details: output.trim(),
      });
    }
    writeWhole(
      path.join(dist, 'package.json'),
      `${JSON.stringify({ name: 'behavior-lab', private: true, type: 'commonjs' })}\n`,
    );
    if (!isLinked(project)) linkTo(path.join('..', 'dist'), linkPath(project));
    writeRecord(recordFile(project, 'build'), { key });
    return `${sourcesOf(project).length} files`;
  },
};

/** @param {string} project */
const linkPath = (project) => path.join(project, 'node_modules', 'behavior-lab');

/** @param {string} project */
function isLinked(project) {
  const link = linkPath(project);
  return (
    fs.lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true &&
    fs.readlinkSync(link) === path.join('..', 'dist')
  );
}

/** @param {string} project */
const sourcesOf = (project) => filesBelow(path.join(project, 'lib')).filter((file) => file.endsWith('.ts'));

/** @param {string} project */
function libraryKey(project) {
  const inputs = [
    'tsconfig.json',
    'tsconfig.build.json',
    path.join('node_modules', 'typescript', 'package.json'),
    ...sourcesOf(project).map((file) => path.join('lib', file)),
  ];
  return contentKey(
    inputs.flatMap((file) => {
      const full = path.join(project, file);
      return fs.existsSync(full) ? [file, fs.readFileSync(full)] : [file, 'absent'];
    }),
  );
}

/** @param {string} project */
function missingOutputs(project) {
  return sourcesOf(project)
    .filter((file) => !file.endsWith('.d.ts'))
    .flatMap((file) => ['.js', '.d.ts'].map((ending) => file.replace(/\.ts$/, ending)))
    .filter((file) => !fs.existsSync(path.join(project, 'dist', file)));
}

/**
 * Take away what was compiled from a source that is gone: an import of it must fail here as it will elsewhere.
 *
 * @param {string} project
 */
function removeOrphans(project) {
  const dist = path.join(project, 'dist');
  const sources = new Set(sourcesOf(project).map((file) => file.replace(/\.ts$/, '')));
  for (const file of filesBelow(dist)) {
    const source = file.replace(/(\.d\.ts|\.js\.map|\.js)$/, '');
    if (source !== file && !sources.has(source)) fs.rmSync(path.join(dist, file));
  }
}
