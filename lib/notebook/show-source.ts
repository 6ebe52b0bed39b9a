import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../base/errors';
import { display } from './display';
import { projectRoot } from './project-root';

/**
 * The lines of one exported declaration and of the comment above it. Works on formatted source: a declaration goes
 * on as long as lines are indented or close a bracket.
 */
export function declarationOf(source: string, name: string): string | null {
  const lines = source.split('\n');
  const head = new RegExp(
    `^(?:export )?(?:async )?(?:function\\*?|const|class|interface|type|let) ${name}\\b`,
  );
  const start = lines.findIndex((line) => head.test(line));
  if (start === -1) return null;
  let end = start;
  for (let i = start + 1; i < lines.length && /^([\s}\])]|$)/.test(lines[i]!); i++)
    if (lines[i] !== '') end = i;
  let top = start;
  if (lines[top - 1]?.endsWith('*/')) {
    do top--;
    while (top > 0 && !lines[top]!.startsWith('/**'));
  }
  return lines.slice(top, end + 1).join('\n');
}

/**
 * Show the TypeScript of a file of lib, or of one thing in it. A function's own `toString()` would show the compiled
 * JavaScript, without types and comments.
 *
 * @example
 * showSource('encoders/lstm');
 * showSource('encoders/pooling', 'pool');
 * @throws InputError when there is no such file, or nothing of that name in it
 */
export function showSource(file: string, name?: string): void {
  const path = `lib/${file.replace(/^lib\//, '').replace(/\.ts$/, '')}.ts`;
  const full = join(projectRoot, path);
  if (!existsSync(full))
    throw new InputError('there is no such file.', 'Name it as in an import, like encoders/lstm.', {
      file: path,
    });
  const source = readFileSync(full, 'utf8').trimEnd();
  const text = name === undefined ? source : declarationOf(source, name);
  if (text === null)
    throw new InputError(`there is no '${name}' in it.`, 'Names are case-sensitive.', { file: path });
  display({
    'text/markdown': `\`${path}\`\n\n\`\`\`ts\n${text}\n\`\`\``,
    'text/plain': `${path}\n\n${text}`,
  });
}
