import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { filesBelow, projectRoot, readProjectFile, sectionOf, tableRows } from './lib-files';

/** README: concept | lib file(s) | test(s) | notebook section(s) | source(s). Several are parted by `<br>`. */
const readme = readProjectFile('README.md');
const rows = tableRows(sectionOf(readme, '## Concepts'));

const links = (markdown: string): { text: string; path: string }[] =>
  [...markdown.matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g)].map(([, text, path]) => ({
    text: text!,
    path: path!,
  }));
const isOutside = (path: string): boolean => /^(https?:|#)/.test(path);

interface NotebookSection {
  readonly notebook: string;
  readonly section: string;
}

/** `[02-encoder](notebooks/02-encoder.ipynb), "What an LSTM remembers"`. */
const sectionsNamed = (cell: string): NotebookSection[] =>
  [...cell.matchAll(/\[([\w-]+)\]\(notebooks\/\1\.ipynb\), "([^"]+)"/g)].map(([, notebook, section]) => ({
    notebook: notebook!,
    section: section!,
  }));

/** The lines of a notebook's cells of one kind. */
function cellLines(notebook: string, kind: 'markdown' | 'code'): string[] {
  const { cells } = JSON.parse(readProjectFile(`notebooks/${notebook}.ipynb`)) as {
    cells: { cell_type: string; source: string | string[] }[];
  };
  return cells
    .filter(({ cell_type }) => cell_type === kind)
    .flatMap(({ source }) => (Array.isArray(source) ? source.join('') : source).split('\n'));
}

/** Titles of a notebook's sections (`## ...`). */
function headingsOf(notebook: string): string[] {
  return cellLines(notebook, 'markdown')
    .filter((line) => line.startsWith('## '))
    .map((line) => line.slice(3).trim());
}

/** Everything that the doc comments of a file say, in one line each. */
const commentsOf = (file: string): string =>
  (readProjectFile(file).match(/\/\*\*[\s\S]*?\*\//g) ?? []).join('\n').replaceAll(/\n\s*\*\s*/g, ' ');

const notebooks = filesBelow('notebooks')
  .filter((file) => file.endsWith('.ipynb') && !file.includes('.ipynb_checkpoints'))
  .map((file) => file.slice('notebooks/'.length, -'.ipynb'.length));

/** The test that runs every notebook. */
const runsNotebooks = 'test/notebooks/smoke.test.ts';

/** Every file that a test works through: by import, by import of an import, by a script or a notebook that it runs. */
function reachedBy(test: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [test];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file) || !existsSync(join(projectRoot, file))) continue;
    reached.add(file);
    const text = readProjectFile(file);
    const cells = file === runsNotebooks ? notebooks.map((name) => cellLines(name, 'code').join('\n')) : [];
    for (const source of [text, ...cells]) {
      for (const { fileName } of ts.preProcessFile(source, true, true).importedFiles) {
        if (fileName.startsWith('behavior-lab/'))
          waiting.push(`lib/${fileName.slice('behavior-lab/'.length)}.ts`);
        else if (fileName.startsWith('.')) waiting.push(`${normalize(join(dirname(file), fileName))}.ts`);
      }
    }
    for (const [, script] of text.matchAll(/'([\w-]+\.ts)'/g)) waiting.push(`scripts/${script!}`);
  }
  return reached;
}

describe('the concept table of the README', () => {
  it('has five cells in every row', () => {
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter((cells) => cells.length !== 5)).toEqual([]);
  });

  it('names every file of lib except base, and only files of lib', () => {
    const named = rows.flatMap(([, lib]) => links(lib!).map(({ path }) => path));
    const there = filesBelow('lib').filter((file) => !file.startsWith('lib/base/'));
    expect(there.filter((file) => !named.includes(file))).toEqual([]);
    expect(named.filter((file) => !there.includes(file))).toEqual([]);
  });

  it('names a file in one row only', () => {
    const named = rows.flatMap(([, lib]) => links(lib!).map(({ path }) => path));
    expect(named.filter((file, place) => named.indexOf(file) !== place)).toEqual([]);
  });

  it('names at least one test in every row, and only tests', () => {
    const wrong = rows.filter(([, , tests]) => {
      const paths = links(tests!).map(({ path }) => path);
      return paths.length === 0 || paths.some((path) => !/^test\/.+\.test\.ts$/.test(path));
    });
    expect(wrong).toEqual([]);
  });

  it('names tests that work through every file of their row', () => {
    const wrong = rows.flatMap(([concept, lib, tests]) => {
      const reached = links(tests!).map(({ path }) => reachedBy(path));
      return links(lib!)
        .filter(({ path }) => !reached.some((files) => files.has(path)))
        .map(({ path }) => `${concept!}: ${path}`);
    });
    expect(wrong).toEqual([]);
  });

  it('names only sections that exist in their notebooks', () => {
    const wrong = rows.flatMap(([, , , notebook]) => {
      const named = sectionsNamed(notebook!);
      // Whatever is linked must be understood, or a slip of the pen would escape the check.
      if (links(notebook!).length !== named.length) return [`not understood: ${notebook!}`];
      return named
        .filter((one) => !headingsOf(one.notebook).includes(one.section))
        .map((one) => `${one.notebook}: ${one.section}`);
    });
    expect(wrong).toEqual([]);
  });

  it('shows every notebook at least once', () => {
    const named = rows.flatMap(([, , , cell]) => sectionsNamed(cell!).map(({ notebook }) => notebook));
    expect(notebooks.filter((notebook) => !named.includes(notebook))).toEqual([]);
  });

  it('names only sources that the files of the row name themselves', () => {
    const wrong = rows.flatMap(([concept, lib, , , source]) => {
      if (source === '-') return [];
      const said = links(lib!)
        .map(({ path }) => commentsOf(path))
        .join('\n');
      return source!.split('<br>').flatMap((one) => {
        const [, author, year] = /^\s*([\p{L}-]+).*?(\d{4})/u.exec(one) ?? [];
        const isNamed = author !== undefined && said.includes(author) && said.includes(year!);
        return isNamed ? [] : [`${concept}: ${one.trim()}`];
      });
    });
    expect(wrong).toEqual([]);
  });
});

describe('the documents', () => {
  const documents = ['.', 'data', 'notebooks'].flatMap((folder) =>
    readdirSync(join(projectRoot, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  );

  it.each(documents)('%s links only to files that exist', (document) => {
    const folder = join(projectRoot, document, '..');
    const broken = links(readProjectFile(document))
      .map(({ path }) => path)
      .filter((path) => !isOutside(path))
      .filter((path) => !existsSync(join(folder, path.split('#')[0]!)));
    expect(broken).toEqual([]);
  });

  const { scripts } = JSON.parse(readProjectFile('package.json')) as { scripts: Record<string, string> };

  it.each(documents)('%s names only commands that package.json has', (document) => {
    const named = [...readProjectFile(document).matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)].map(
      ([, run, own]) => run ?? own!,
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('README.md explains every command of package.json', () => {
    const explained = tableRows(sectionOf(readme, '## Commands')).map(
      ([cell]) => /^`npm (?:run )?([\w:-]+)/.exec(cell!)?.[1],
    );
    const there = Object.keys(scripts).filter(
      (name) => !/^(pre|post)/.test(name) || !(name.replace(/^(pre|post)/, '') in scripts),
    );
    expect(there.filter((name) => !explained.includes(name))).toEqual([]);
  });
});
