import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const projectRoot = resolve(__dirname, '..');

/** Paths of all files below a folder of the project, sorted, written as in an import: `lib/nn/lstm.ts`. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(projectRoot, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(path) : [path];
    })
    .sort();
}

export function readProjectFile(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

/** One section of a Markdown text: from its heading to the next heading of the same or a higher level. */
export function sectionOf(markdown: string, heading: string): string {
  const lines = markdown.split('\n');
  const start = lines.indexOf(heading);
  if (start === -1) throw new Error(`there is no section '${heading}'`);
  const level = heading.indexOf(' ');
  const length = lines.slice(start + 1).findIndex((line) => {
    const marks = /^(#+) /.exec(line)?.[1]?.length ?? Infinity;
    return marks <= level;
  });
  return lines.slice(start, length === -1 ? undefined : start + 1 + length).join('\n');
}

/** The cells of every row of the tables in a Markdown text, without the rows of heads and dashes. */
export function tableRows(markdown: string): string[][] {
  const lines = markdown.split('\n');
  const isTableLine = (line: string | undefined): boolean => line?.startsWith('|') ?? false;
  const isRule = (line: string | undefined): boolean => /^\|[-:| ]+\|$/.test(line ?? '');
  return lines
    .filter((line, index) => isTableLine(line) && !isRule(line) && !isRule(lines[index + 1]))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}
