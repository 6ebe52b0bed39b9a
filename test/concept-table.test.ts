import { existsSync } from 'node:fs';
import { join } from 'node:path';
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

/** Titles of a notebook's sections (`## ...`). */
function headingsOf(notebook: string): string[] {
  const { cells } = JSON.parse(readProjectFile(`notebooks/${notebook}.ipynb`)) as {
    cells: { cell_type: string; source: string | string[] }[];
  };
  return cells
    .filter(({ cell_type }) => cell_type === 'markdown')
    .flatMap(({ source }) => (Array.isArray(source) ? source.join('') : source).split('\n'))
    .filter((line) => line.startsWith('## '))
    .map((line) => line.slice(3).trim());
}

/** Everything that the doc comments of a file say, in one line each. */
const commentsOf = (file: string): string =>
  (readProjectFile(file).match(/\/\*\*[\s\S]*?\*\//g) ?? []).join('\n').replaceAll(/\n\s*\*\s*/g, ' ');

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
    const notebooks = filesBelow('notebooks')
      .filter((file) => file.endsWith('.ipynb') && !file.includes('.ipynb_checkpoints'))
      .map((file) => file.slice('notebooks/'.length, -'.ipynb'.length));
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
  const documents = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'environment.md', 'data/README.md'];

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
