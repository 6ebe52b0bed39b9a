import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import type * as TypeScript from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from './fixture';

// The kernel compiles cells with TypeScript 5.0.4 and options of its own. A declaration that it cannot read becomes
// `any` without a word, and then nothing in a notebook is checked. So: its own compiler, its own options, our .d.ts.
const require = createRequire(__filename);
const { makeCellsStrict } = require('../../scripts/kernel/strict-compiler.cjs') as {
  makeCellsStrict: () => void;
};

interface Converter {
  convert(
    previous: string,
    source: string,
  ): { diagnostics: { messageText: string | { messageText: string } }[] };
  close(): void;
}

let ts: typeof TypeScript;
let options: TypeScript.CompilerOptions;
let converter: Converter;
beforeAll(() => {
  process.chdir(root);
  makeCellsStrict();
  ts = require('@tslab/typescript-for-tslab') as typeof TypeScript;
  const strict = ts.createWatchCompilerHost as (...args: unknown[]) => unknown;
  const id = require.resolve('@tslab/typescript-for-tslab');
  const seen = (files: unknown, given: TypeScript.CompilerOptions, ...rest: unknown[]) => {
    const host = strict(files, given, ...rest) as {
      optionsToExtend?: TypeScript.CompilerOptions;
      options?: object;
    };
    options = (host.options ?? host.optionsToExtend) as TypeScript.CompilerOptions;
    return host;
  };
  require.cache[id]!.exports = { ...ts, createWatchCompilerHost: seen };
  const { createConverter } = require('tslab/dist/converter.js') as {
    createConverter: (o: object) => Converter;
  };
  converter = createConverter({ isJS: false });
  return () => converter.close();
});

const errorsOf = (source: string) =>
  converter
    .convert('', source)
    .diagnostics.map(({ messageText: text }) => (typeof text === 'string' ? text : text.messageText));

const declarations = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.d.ts'))
  .map((name) => join(root, 'dist', name));

describe('the compiler of the kernel', () => {
  it('is strict', () => {
    expect(options.strict).toBe(true);
    expect(errorsOf('const f = (x) => x;')).toEqual(["Parameter 'x' implicitly has an 'any' type."]);
    expect(errorsOf('const s: string = undefined;')).toHaveLength(1);
  });

  it('finds the build', () => {
    expect(existsSync(join(root, 'node_modules/behavior-lab/package.json'))).toBe(true);
    expect(declarations.length).toBeGreaterThan(20);
    expect(errorsOf("import { x } from 'behavior-lab/base/nothing';")).toHaveLength(1);
  });
});

describe('a cell that misuses lib is refused', () => {
  it.each<[string, string, RegExp]>([
    [
      'a seed that is text',
      "import { createRng } from 'behavior-lab/base/random'; createRng('7');",
      /'string'/,
    ],
    [
      'a parameter that is not there',
      "import { params } from 'behavior-lab/notebook/params'; params({ epochs: 1 }, { epoch: 1 });",
      /'epoch' does not exist/,
    ],
    [
      'the type of a parameter',
      "import { params } from 'behavior-lab/notebook/params'; const s: string = params({ epochs: 1 }).epochs;",
      /'number' is not assignable to type 'string'/,
    ],
    [
      'a chart of an unknown kind',
      "import { showChart } from 'behavior-lab/notebook/show'; await showChart({ kind: 'pie', title: '', x: { title: '' }, y: { title: '' }, series: [] });",
      /'"pie"' is not assignable/,
    ],
    [
      'a series without its values',
      "import { showChart } from 'behavior-lab/notebook/show'; await showChart({ kind: 'line', title: '', x: { title: '' }, y: { title: '' }, series: [{ name: 'a' }] });",
      /'y' is missing|not assignable/,
    ],
    [
      'a check without its name',
      "import { expectAbove } from 'behavior-lab/notebook/expect'; expectAbove(1, 0, {});",
      /'what' is missing|not assignable/,
    ],
    [
      'a matrix for a number',
      "import { matrixFromRows } from 'behavior-lab/base/matrix'; const n: number = matrixFromRows([[1]]);",
      /'Matrix' is not assignable to type 'number'/,
    ],
    [
      'a typed array for a text',
      "import { matrixFromRows } from 'behavior-lab/base/matrix'; const s: string = matrixFromRows([[1]]).values;",
      /is not assignable to type 'string'|does not exist/,
    ],
    [
      'a DataFrame for a number',
      "import { frame } from 'behavior-lab/notebook/frame'; const n: number = await frame([{ a: 1 }]);",
      /'DataFrame' is not assignable to type 'number'/,
    ],
    [
      'a tensor for a number',
      "import * as tf from '@tensorflow/tfjs'; const n: number = tf.tensor1d([1]);",
      /is not assignable to type 'number'/,
    ],
  ])('%s', (_, cell, text) => {
    expect(errorsOf(cell).join('\n')).toMatch(text);
  });
});

describe('every declaration of the build, read by the compiler of the kernel', () => {
  let program: TypeScript.Program;
  let checker: TypeScript.TypeChecker;
  beforeAll(() => {
    program = ts.createProgram(declarations, {
      ...options,
      noEmit: true,
      skipLibCheck: false,
      allowJs: false,
    });
    checker = program.getTypeChecker();
  });

  it('is understood', () => {
    const errors = declarations.flatMap((file) => {
      const source = program.getSourceFile(file)!;
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
        ({ messageText }) => `${relative(root, file)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      );
    });
    expect(errors).toEqual([]);
  });

  it('has no `any`: not a value, a parameter, a result, a field or a type argument', () => {
    const isOurs = ({ declarations: places = [] }: TypeScript.Symbol) =>
      places.length > 0 && places.every((d) => d.getSourceFile().fileName.startsWith(join(root, 'dist')));
    // `Generator<string>` is Generator<string, any, unknown> in the language's own declarations.
    const isGenerator = ({ symbol }: TypeScript.Type) =>
      /^(Async)?(Generator|Iterator)$/.test(symbol?.name ?? '');
    const found: string[] = [];
    const visited = new Set<TypeScript.Type>();

    function visit(type: TypeScript.Type, path: string, at: TypeScript.Node): void {
      if (type.flags & ts.TypeFlags.Any) {
        found.push(path);
        return;
      }
      if (visited.has(type)) return;
      visited.add(type);
      if (type.isUnionOrIntersection()) type.types.forEach((part) => visit(part, path, at));
      const given = checker.getTypeArguments(type as TypeScript.TypeReference);
      for (const argument of [
        ...(isGenerator(type) ? given.slice(0, 1) : given),
        ...(type.aliasTypeArguments ?? []),
      ]) {
        visit(argument, `${path}<>`, at);
      }
      for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
        for (const parameter of signature.getParameters()) {
          visit(checker.getTypeOfSymbolAtLocation(parameter, at), `${path}(${parameter.name})`, at);
        }
        visit(signature.getReturnType(), `${path}()`, at);
      }
      // Fields of our own types; those of TensorFlow and of the language are theirs.
      for (const field of type.getProperties().filter(isOurs)) {
        visit(checker.getTypeOfSymbolAtLocation(field, at), `${path}.${field.name}`, at);
      }
    }

    let exported = 0;
    for (const file of declarations) {
      const source = program.getSourceFile(file)!;
      const module = checker.getSymbolAtLocation(source);
      for (const symbol of module ? checker.getExportsOfModule(module) : []) {
        exported++;
        const path = `${relative(root, file)}: ${symbol.name}`;
        if (symbol.flags & ts.SymbolFlags.Type) visit(checker.getDeclaredTypeOfSymbol(symbol), path, source);
        if (symbol.flags & ts.SymbolFlags.Value)
          visit(checker.getTypeOfSymbolAtLocation(symbol, source), path, source);
      }
    }
    expect(exported).toBeGreaterThan(50);
    expect(found).toEqual([]);
  });
});
