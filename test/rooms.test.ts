import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { filesBelow, readProjectFile, sectionOf, tableRows } from './lib-files';

/** The room table of the README is the rule: `| base | what it holds | - |`. */
const rows = tableRows(sectionOf(readProjectFile('README.md'), '## The rooms'));
const mayImport = new Map(
  rows.map(([room, , allowed]) => [
    room!.replaceAll('`', ''),
    allowed === '-' ? [] : allowed!.split(',').map((name) => name.trim()),
  ]),
);
const rooms = [...mayImport.keys()];
const files = filesBelow('lib');

interface Import {
  readonly from: string;
  /** As written. */
  readonly specifier: string;
  /** The file of lib that is meant; null for a package. */
  readonly to: string | null;
}

/** Every import of a file: static, `import type`, dynamic, `require`, and re-exports. */
function importsOf(from: string, source: string): Import[] {
  return ts.preProcessFile(source, true, true).importedFiles.map(({ fileName: specifier }) => ({
    from,
    specifier,
    to: specifier.startsWith('.') ? `${normalize(join(dirname(from), specifier))}.ts` : null,
  }));
}

const roomOf = (file: string): string => file.split('/')[1]!;
const all = files.flatMap((file) => importsOf(file, readProjectFile(file)));

/** Imports from a room that the room of the importing file may not use. */
function trespasses(imports: readonly Import[]): string[] {
  return imports
    .filter(({ from, to }) => {
      if (to === null || roomOf(to) === roomOf(from)) return false;
      return !mayImport.get(roomOf(from))?.includes(roomOf(to));
    })
    .map(({ from, to }) => `${from} imports ${to}`);
}

/** The first circle of imports, as a path; null when there is none. */
function circle(imports: readonly Import[]): string | null {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) if (to !== null) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].join(' -> ');
    if (done.has(file)) return null;
    for (const other of next.get(file) ?? []) {
      const found = visit(other, [...path, file]);
      if (found !== null) return found;
    }
    done.add(file);
    return null;
  };
  for (const file of next.keys()) {
    const found = visit(file, []);
    if (found !== null) return found;
  }
  return null;
}

describe('the rooms of lib', () => {
  it('are the folders of lib, none missing, none empty', () => {
    expect([...new Set(files.map(roomOf))].sort()).toEqual([...rooms].sort());
  });

  it('stand in an order in which data flow one way: a room may import only from rooms above it', () => {
    const backwards = [...mayImport].flatMap(([room, allowed], place) =>
      allowed.filter((other) => !rooms.slice(0, place).includes(other)).map((other) => `${room} <- ${other}`),
    );
    expect(backwards).toEqual([]);
  });

  it('import only from the rooms named in their line', () => {
    expect(all.length).toBeGreaterThan(files.length);
    expect(trespasses(all)).toEqual([]);
  });

  it('would notice a file that imports against the current', () => {
    const wrong = importsOf(
      'lib/base/random.ts',
      `import type { Scorer } from '../recommendation/scorer';\nconst x = () => import('../nn/lstm');`,
    );
    expect(trespasses(wrong)).toEqual([
      'lib/base/random.ts imports lib/recommendation/scorer.ts',
      'lib/base/random.ts imports lib/nn/lstm.ts',
    ]);
  });

  it('hold no circle of imports, which would crash the notebook kernel', () => {
    expect(circle(all)).toBeNull();
    const a = importsOf('lib/nn/a.ts', `import './b';`);
    const b = importsOf('lib/nn/b.ts', `export { a } from './a';`);
    expect(circle([...a, ...b])).toBe('lib/nn/a.ts -> lib/nn/b.ts -> lib/nn/a.ts');
  });

  it('import each other by relative paths to files that exist', () => {
    const broken = all.filter(({ to, specifier }) =>
      to === null ? specifier.startsWith('behavior-lab') : !files.includes(to),
    );
    expect(broken).toEqual([]);
  });

  it('import only packages that a user gets, not those of development', () => {
    const { dependencies } = JSON.parse(readProjectFile('package.json')) as {
      dependencies: Record<string, string>;
    };
    const nameOf = (specifier: string): string =>
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
    const packages = all
      .filter(({ to, specifier }) => to === null && !specifier.startsWith('node:'))
      .map(({ specifier }) => nameOf(specifier));
    expect(packages).toContain('@tensorflow/tfjs');
    expect([...new Set(packages)].filter((name) => !(name in dependencies))).toEqual([]);
  });

  it('load native TensorFlow in one place', () => {
    const loading = files.filter((file) => readProjectFile(file).includes("'@tensorflow/tfjs-node-gpu'"));
    expect(loading).toEqual(['lib/nn/backend.ts']);
  });

  it('name files after their one concept: no barrel, no drawer for odds and ends', () => {
    const vague = files.filter((file) => /\/(index|utils?|common|types?|helpers?|misc)\.ts$/.test(file));
    expect(vague).toEqual([]);
    expect(files.filter((file) => !/^lib(\/[a-z0-9-]+)+\.ts$/.test(file))).toEqual([]);
  });
});
