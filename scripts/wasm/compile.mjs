// Compiles what lies in assembly/ to WebAssembly.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from '../setup/folders.mjs';

const compiler = join(projectFolder, 'node_modules', 'assemblyscript', 'bin', 'asc.js');
const settings = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'];

/**
 * @param {string} source path within the project
 * @returns {Uint8Array}
 * @throws Error with what the compiler says
 */
export function compile(source) {
  const folder = mkdtempSync(join(tmpdir(), 'behavior-lab-wasm-'));
  try {
    const outFile = join(folder, 'module.wasm');
    const { status, stderr, error } = spawnSync(
      process.execPath,
      [compiler, source, '--outFile', outFile, ...settings],
      { cwd: projectFolder, encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`${source} does not compile:\n${stderr}`, { cause: error });
    return readFileSync(outFile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The modules of the project, and the file of lib that holds each. */
export const modules = [
  {
    name: 'randomWordsWasm',
    source: 'assembly/random-words.ts',
    target: 'lib/base/random-words-wasm.ts',
  },
  {
    name: 'alsSolverWasm',
    source: 'assembly/als-solver.ts',
    target: 'lib/recommendation/als-solver-wasm.ts',
  },
];

/**
 * The file of lib with the module in it: bytes that need no path at run time, in a notebook as in a test.
 *
 * @param {(typeof modules)[number]} module
 * @param {Uint8Array} bytes
 */
export function asTypeScript({ name, source }, bytes) {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,100}/g) ?? [];
  return [
    `// Compiled from ${source} by \`npm run wasm\`. Do not edit.`,
    `/** A WebAssembly module in base64. */`,
    `export const ${name} = \`\n${lines.join('\n')}\n\`;`,
    '',
  ].join('\n');
}
