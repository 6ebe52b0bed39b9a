// Compiles the binding of @tensorflow/tfjs-node-gpu against the library in the cache.
import fs from 'node:fs';
import path from 'node:path';
import { runCommand } from './command.mjs';
import { lastLines, SetupFault } from './fault.mjs';
import { venvPython } from './python-environment.mjs';
import { contentKey } from './record.mjs';
import { checkRoom, downloadWheel, extractFromWheel } from './wheel.mjs';

/** Raise it when the arguments below change, so that bindings made with the old ones are not taken. */
const recipe = '1';

/** @param {string} project */
const packageFolder = (project) => path.join(project, 'node_modules', '@tensorflow', 'tfjs-node-gpu');

/**
 * File name of the binding: another version of the package gets another one, so that clones can share a cache.
 *
 * @param {string} project
 */
export function bindingName(project) {
  const about = path.join(packageFolder(project), 'package.json');
  const version = fs.existsSync(about) ? fs.readFileSync(about) : 'absent';
  return `tfjs_binding-${contentKey([version, recipe]).slice(0, 8)}.node`;
}

/**
 * Compile with the machine's own compiler, or with zig from the Python registry where there is none.
 *
 * @param {import('./steps.mjs').Context} context
 * @param {string} libraries folder of libtensorflow_cc and libtensorflow_framework, with `include/`
 * @param {string} target written whole or not at all; it must lie in `libraries`
 * @returns {Promise<string>} the compiler that did it
 * @throws {SetupFault} when none could
 */
export async function compileBinding(context, libraries, target) {
  const beside = `${target}.partial`;
  /** @type {string[]} */
  const said = [];
  /** @param {string} command @param {readonly string[]} before @param {NodeJS.ProcessEnv} env */
  const tryWith = async (command, before, env) => {
    const { ok, output, isMissing } = await runCommand(
      command,
      [...before, ...compilerArguments(context, libraries, beside)],
      { env, logFile: path.join(context.project, '.lab', 'setup', 'compile.log') },
    );
    if (ok) fs.renameSync(beside, target);
    else if (!isMissing) said.push(`${command}: ${lastLines(output, 4)}`);
    return ok;
  };
  for (const command of [context.env.CXX, 'c++', 'g++', 'clang++']) {
    if (command && (await tryWith(command, [], context.env))) return command;
  }
  if (await withZig(context, tryWith)) return `zig ${context.pins.zig.version}`;
  throw new SetupFault(
    'No C++ compiler could make the binding',
    'Install one (Debian and Ubuntu: `sudo apt install g++`; macOS: `xcode-select --install`).',
    { details: said.join('\n') },
  );
}

/**
 * @param {import('./steps.mjs').Context} context
 * @param {(command: string, before: readonly string[], env: NodeJS.ProcessEnv) => Promise<boolean>} tryWith
 */
async function withZig(context, tryWith) {
  const { project, cache, pins, platform, env, reporter } = context;
  const pin = { ...pins.zig.builds[platform], version: pins.zig.version };
  const work = path.join(cache, 'temporary', 'zig');
  fs.rmSync(work, { recursive: true, force: true });
  fs.mkdirSync(work, { recursive: true });
  try {
    checkRoom(work, pin.bytes + pin.unpackedBytes);
    const wheel = await downloadWheel(context, venvPython(project), pin, work);
    await extractFromWheel(context, venvPython(project), wheel, work, ['ziglang/.*']);
    const zig = path.join(work, 'ziglang', 'zig');
    fs.chmodSync(zig, 0o755);
    reporter.progress('compiling the binding with zig (about a minute)');
    return await tryWith(zig, ['c++'], {
      ...env,
      ZIG_GLOBAL_CACHE_DIR: path.join(work, 'cache'),
      ZIG_LOCAL_CACHE_DIR: path.join(work, 'cache'),
    });
  } finally {
    // 500 MB that are needed once.
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/**
 * @param {import('./steps.mjs').Context} context
 * @param {string} libraries
 * @param {string} output
 */
function compilerArguments({ project, platform }, libraries, output) {
  const source = path.join(packageFolder(project), 'binding');
  const isMac = platform.startsWith('darwin');
  const library = (/** @type {string} */ name) =>
    path.join(libraries, isMac ? `lib${name}.2.dylib` : `lib${name}.so.2`);
  return [
    '-std=c++17',
    '-O2',
    '-fPIC',
    '-shared',
    '-DNAPI_VERSION=8',
    `-I${path.join(project, 'node_modules', 'node-api-headers', 'include')}`,
    `-I${path.join(libraries, 'include')}`,
    // The sources include their own files as "tfjs-node-gpu/binding/...".
    `-I${path.dirname(packageFolder(project))}`,
    path.join(source, 'tfjs_backend.cc'),
    path.join(source, 'tfjs_binding.cc'),
    library('tensorflow_cc'),
    library('tensorflow_framework'),
    // Look for the library beside the binding; Node itself provides the N-API functions when it loads it.
    ...(isMac
      ? ['-Wl,-rpath,@loader_path', '-undefined', 'dynamic_lookup']
      : ['-Wl,-rpath,$ORIGIN', '-Wl,--allow-shlib-undefined']),
    '-o',
    output,
  ];
}
