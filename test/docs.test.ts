import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import { filesBelow, projectRoot, readProjectFile } from './lib-files';

const files = filesBelow('lib');

/** Rooms whose files implement what somebody has published. */
const publishedRooms = ['nn', 'encoders', 'objectives', 'clustering', 'evaluation', 'patterns'];

/** Files of those rooms that implement no published method, and why. */
const withoutSource: Readonly<Record<string, string>> = {
  'lib/nn/count-true.ts': 'a way of counting bytes',
  'lib/nn/backend.ts': 'chooses and starts the library that computes',
  'lib/nn/mode.ts': 'a type: training or not',
  'lib/patterns/itemset.ts': 'a type, and the order of names',
  'lib/nn/constant.ts': 'says that numbers are the same at every step',
  'lib/nn/take-rows.ts': 'a table look-up',
  'lib/nn/reverse-sequences.ts': 'turns rows around',
  'lib/nn/standard-normal.ts': 'calls the generator of the backend',
  'lib/nn/graph/recording.ts': 'writes down what ran; the method stands at compileGraph',
  'lib/nn/graph/build-graph.ts': 'writes a recording as nodes; the format stands at graph-def',
  'lib/nn/graph/session.ts': 'hands a graph to TensorFlow',
  'lib/nn/native/execute.ts': 'the door to native operations',
  'lib/nn/native/activation-gradient.ts': 'school derivatives of tanh, sigmoid and ReLU',
  'lib/nn/native/bias-add.ts': 'a sum of rows',
  'lib/nn/native/gather.ts': 'calls two operations of TensorFlow',
  'lib/nn/native/mat-mul.ts': 'calls an operation of TensorFlow',
  'lib/nn/native/update-variables.ts': 'calls the update operations of TensorFlow',
  'lib/nn/embedding.ts': 'a table look-up',
  'lib/nn/event-positions.ts': 'counts the events of a row',
  'lib/nn/row-shares.ts': 'weights divided by their sum',
  'lib/nn/batch-parts.ts': 'school division',
  'lib/nn/rank-scores.ts': 'the counting of rank.ts, by other means',
  'lib/nn/rank-batch.ts': 'chooses between the two ways of counting',
  'lib/encoders/pooling.ts': 'last, mean and maximum',
  'lib/encoders/item-table.ts': 'draws normal numbers',
  'lib/encoders/recurrent-stack.ts': 'layers one above the other; the methods stand at the encoders',
  'lib/encoders/settings.ts': 'checks of the input',
  'lib/encoders/transformer-stack.ts': 'blocks one after the other; the methods stand at the encoders',
  'lib/clustering/distance-matrix.ts': 'school distances of all pairs',
  'lib/clustering/noise.ts': 'a label, and what is left without it',
  'lib/clustering/points.ts': 'checks of the input, column means',
  'lib/evaluation/binary-cases.ts': 'checks of the input',
  'lib/evaluation/grouped-points.ts': 'checks of the input, means of groups',
  'lib/evaluation/mean-of-first.ts': 'a mean over the first items of lists',
  'lib/evaluation/protocol.ts': 'the conditions of a measurement, our own',
  'lib/evaluation/ranks.ts': 'checks of the input',
  'lib/evaluation/recommended-lists.ts': 'checks of the input',
  'lib/evaluation/summary.ts': 'mean and standard deviation',
};

interface ExportedFunction {
  readonly name: string;
  readonly comment: string | null;
}

/** Exported functions of a file, declared or held by a constant, each with its doc comment. */
function exportedFunctions(file: string, text: string): ExportedFunction[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const isExported = (node: ts.HasModifiers): boolean =>
    ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
  const commentOf = (node: ts.Node): string | null => {
    const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
    return comment?.getText() ?? null;
  };
  return source.statements.flatMap((statement): ExportedFunction[] => {
    if (ts.isFunctionDeclaration(statement) && isExported(statement)) {
      return [{ name: statement.name?.text ?? 'default', comment: commentOf(statement) }];
    }
    if (!ts.isVariableStatement(statement) || !isExported(statement)) return [];
    return statement.declarationList.declarations
      .filter(
        ({ initializer: value }) => value && (ts.isArrowFunction(value) || ts.isFunctionExpression(value)),
      )
      .map((declaration) => ({ name: declaration.name.getText(), comment: commentOf(statement) }));
  });
}

const docComments = (text: string): string[] => text.match(/\/\*\*[\s\S]*?\*\//g) ?? [];

/** The texts of one block tag in a comment, up to the next tag. */
function tagTexts(comment: string, tag: string): string[] {
  const body = comment
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, ''))
    .join('\n');
  return body
    .split(/(?:^|\s)(?=@[a-z]+\b)/)
    .filter((part) => part.startsWith(tag))
    .map((part) => part.slice(tag.length).trim());
}

const sourcesOf = (file: string): string[] =>
  docComments(readProjectFile(file)).flatMap((comment) => tagTexts(comment, '@source'));

describe('the documentation in lib', () => {
  it('explains every exported function', () => {
    const bare = files.flatMap((file) =>
      exportedFunctions(file, readProjectFile(file))
        .filter(({ comment }) => comment === null)
        .map(({ name }) => `${file}: ${name}`),
    );
    expect(bare).toEqual([]);
  });

  it('would notice one without a comment', () => {
    const text = '/** Said. */\nexport const a = () => 1;\nexport function b() {}\nexport const c = 1;\n';
    expect(exportedFunctions('x.ts', text).map(({ name, comment }) => [name, comment !== null])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });

  it('names the source of every published method', () => {
    const published = files.filter((file) => publishedRooms.includes(file.split('/')[1]!));
    const silent = published.filter(
      (file) => exportedFunctions(file, readProjectFile(file)).length > 0 && sourcesOf(file).length === 0,
    );
    expect(silent.filter((file) => !(file in withoutSource))).toEqual([]);
  });

  it('lists as without a source only files that are there and have none', () => {
    const wrong = Object.keys(withoutSource).filter(
      (file) => !files.includes(file) || sourcesOf(file).length > 0,
    );
    expect(wrong).toEqual([]);
  });

  it('names sources that can be found: with a year, a standard or an address', () => {
    const vague = files.flatMap((file) =>
      sourcesOf(file)
        .filter((source) => !/\b(19|20)\d\d\b|\bRFC \d+|https?:|\w\.(io|org)\b|"[^"]+"/.test(source))
        .map((source) => `${file}: ${source}`),
    );
    expect(vague).toEqual([]);
    expect(tagTexts('/** A.\n * @source Bar 1999,\n *   eq. 2\n * @throws Error\n */', '@source')).toEqual([
      'Bar 1999,\n  eq. 2',
    ]);
  });
});

describe('typedoc', () => {
  const out = mkdtempSync(join(tmpdir(), 'behavior-lab-docs-'));
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  // Ten seconds: it knows the tags @source and @differs, all links, and every file.
  it('makes a page of every file of lib without a warning', () => {
    const program = join(projectRoot, 'node_modules', 'typedoc', 'bin', 'typedoc');
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, '--out', out], {
      cwd: projectRoot,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
    expect({ status, warnings: `${stdout}${stderr}`.match(/^\[(warning|error)\].*/gm) ?? [] }).toEqual({
      status: 0,
      warnings: [],
    });
    expect(readdirSync(join(out, 'modules')).length).toBe(files.length);
  }, 240_000);
});
