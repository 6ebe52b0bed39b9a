// Type-checks notebooks without running them: all cells of one, in order, are one module. An error is told with the
// notebook, the cell and the line in it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { findNotebooks } from './files.mjs';
import { root } from './jupyter.mjs';

const { staleBuild } = createRequire(import.meta.url)('../kernel/stale-build.cjs');

const help = `Type-check notebooks strictly, without running them.

  node scripts/notebooks/check-types.mjs [NAME...]

A name declared twice is an error, though the kernel would allow it: cells that run in another order would differ.
`;

/** The rules of the project, as far as they are about meaning; resolution and target are those of the kernel. */
const options = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  types: ['node'],
  typeRoots: [join(root, 'node_modules', '@types')],
  strict: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  esModuleInterop: true,
  skipLibCheck: true,
  noEmit: true,
};

/** The cells of a notebook as one source, and for each of its lines the cell and the line there, both from 1. */
export function toModule(notebook) {
  const lines = [];
  const places = [];
  notebook.cells.forEach((cell, i) => {
    if (cell.cell_type !== 'code') return;
    const source = Array.isArray(cell.source) ? cell.source.join('') : cell.source;
    // A cell that ends without a semicolon must not run on into the next one.
    [...source.split('\n'), ';'].forEach((line, j) => {
      lines.push(line);
      places.push({ cell: i + 1, line: j + 1 });
    });
  });
  return { source: lines.join('\n'), places };
}

/** @returns one text an error, '02-encoder, cell 7, line 3: ...' */
export function checkNotebooks(files) {
  const modules = new Map(
    files.map((file) => [
      join(root, `${basename(file, '.ipynb')}.notebook.ts`),
      { file, ...toModule(JSON.parse(readFileSync(file, 'utf8'))) },
    ]),
  );
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getCurrentDirectory = () => root;
  host.fileExists = (name) => modules.has(name) || fileExists.call(host, name);
  host.readFile = (name) => modules.get(name)?.source ?? readFile.call(host, name);
  host.getSourceFile = (name, ...rest) => {
    const module = modules.get(name);
    return module
      ? ts.createSourceFile(name, module.source, ts.ScriptTarget.ES2022, true)
      : getSourceFile.call(host, name, ...rest);
  };
  const program = ts.createProgram([...modules.keys()], options, host);
  return [...modules].flatMap(([name, { file, places }]) => {
    const source = program.getSourceFile(name);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map((diagnostic) => {
      const { line } = source.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
      const place = places[line] ?? { cell: 0, line: 0 };
      const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n  ');
      return `${relative(root, file)}, cell ${place.cell}, line ${place.line}: ${text} (TS${diagnostic.code})`;
    });
  });
}

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const stale = staleBuild();
  if (stale) throw new Error(stale);
  const files = findNotebooks(positionals);
  const errors = checkNotebooks(files);
  for (const error of errors) console.error(error);
  console.log(
    errors.length === 0 ? `${files.length} notebooks have no type errors.` : `${errors.length} type errors.`,
  );
  return errors.length === 0 ? 0 : 1;
}

if (process.argv[1] === import.meta.filename) {
  try {
    process.exitCode = main();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 2;
  }
}
