import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, runScript, writeNotebook } from './fixture';

const folder = mkdtempSync(join(tmpdir(), 'notebooks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const failing: Record<
  string,
  { cells: Parameters<typeof writeNotebook>[2]; says: readonly (string | RegExp)[] }
> = {
  error: {
    cells: ['const a = 1;', 'function f(x: number) {\n  throw new RangeError(`boom ${x}`);\n}\nf(a);', 'a'],
    says: ['cell 3 failed', '    f(a);', 'RangeError: boom 1', 'at f ('],
  },
  'error-in-lib': {
    cells: ["import { matrixFromRows } from 'behavior-lab/base/matrix';\nmatrixFromRows([[1, 2], [3]]);"],
    says: ['cell 2 failed', /matrixFromRows \(lib\/base\/matrix\.ts:\d+:\d+\)/],
  },
  'type-of-lib': {
    cells: ["import { createRng } from 'behavior-lab/base/random';\ncreateRng('seven');"],
    says: ['cell 2 failed', "'string' is not assignable to parameter of type 'number'"],
  },
  unawaited: {
    cells: ["void Promise.reject(new Error('nobody waits'));", '1'],
    says: ['cell 2 failed', 'Nobody waited for this', 'Error: nobody waits'],
  },
  late: {
    cells: ["setTimeout(() => {\n  throw new Error('too late');\n}, 50);"],
    says: ['failed after the last cell', 'Error: too late'],
  },
  tolerated: {
    cells: [{ code: "throw new Error('on purpose');", tags: ['raises-exception'] }, '2'],
    says: ['cell 2 failed', 'Error: on purpose', 'must catch it'],
  },
  skipped: {
    cells: ['1', { code: "throw new Error('never seen');", tags: ['skip-execution'] }],
    says: ['cell 3 skipped'],
  },
  timeout: { cells: ['for (;;) {}'], says: ['cell 2 timed out', 'still running after 4 s'] },
  death: {
    cells: [
      "process.kill(process.pid, 'SIGKILL');\nawait new Promise((resolve) => setTimeout(resolve, 9000));",
    ],
    says: ['cell 2 kernel died'],
  },
  exit: {
    cells: ['process.exit(0);'],
    says: ['cell 2 failed', 'process.exit(0) in a cell would end the kernel'],
  },
};

describe('a notebook that does anything but succeed', () => {
  const out = join(folder, 'out');
  let run: ReturnType<typeof runScript>;
  beforeAll(() => {
    const files = Object.entries(failing).map(([name, { cells }]) => writeNotebook(folder, name, cells));
    run = runScript('run.mjs', [...files, '--out', out, '--timeout', '4']);
  }, 240_000);

  /** What the runner printed about one notebook. */
  const about = (name: string) =>
    run.output.split(/^(?=FAILED|ok )/m).find((part) => part.includes(`  ${name} `)) ?? '';

  it.each(Object.entries(failing))('%s: fails with the cell, its source and the reason', (name, { says }) => {
    for (const text of says) {
      if (typeof text === 'string') expect(about(name)).toContain(text);
      else expect(about(name)).toMatch(text);
    }
  });

  it('fails the run, names all and writes none where the good ones go', () => {
    expect(run.status).toBe(1);
    expect(run.output).toContain(
      `${Object.keys(failing).length} of ${Object.keys(failing).length} notebooks failed`,
    );
    expect(readdirSync(out)).toEqual([]);
  });
});

describe('a notebook that succeeds', () => {
  const cells = [
    "import { params } from 'behavior-lab/notebook/params';\nconst P = params({ epochs: 20 }, { epochs: 1 });",
    "import { showChart } from 'behavior-lab/notebook/show';\nawait showChart({ kind: 'line', title: 'T', x: { title: 'x' }, y: { title: 'y' }, series: [{ name: 's', y: [1, 2] }] });",
    'console.log(process.cwd());\nprocess.stdout.write("half\\rall\\n");\nconst answer = P.epochs + 1;\nanswer',
  ];

  it('replaces itself by its executed copy: outputs, no times, no paths, no litter', () => {
    const own = join(folder, 'own');
    const file = writeNotebook(own, 'good', cells);
    const { status, output } = runScript('run.mjs', [file]);
    expect(output).toMatch(/ok {6}good: 4 cells in [^]*All 1 notebooks ran/);
    expect(status).toBe(0);
    expect(readdirSync(own)).toEqual(['good.ipynb']);
    const text = readFileSync(file, 'utf8');
    const notebook = JSON.parse(text) as {
      metadata: unknown;
      cells: { metadata: unknown; outputs?: { text?: string[]; data?: Record<string, unknown> }[] }[];
    };
    expect(notebook.metadata).toEqual({
      kernelspec: { display_name: 'TypeScript', language: 'typescript', name: 'tslab' },
      language_info: { file_extension: '.ts', mimetype: 'text/typescript', name: 'typescript' },
    });
    expect(notebook.cells.map(({ metadata }) => metadata)).toEqual([{}, {}, {}, {}]);
    expect(notebook.cells[1]!.outputs![0]!.text).toEqual(['epochs = 20\n']);
    expect(Object.keys(notebook.cells[2]!.outputs![0]!.data!).sort()).toEqual([
      'application/vnd.plotly.v1+json',
      'image/svg+xml',
      'text/plain',
    ]);
    expect(notebook.cells[3]!.outputs![0]!.text!.join('')).toMatch(/\nall\n21\n$/);
  });

  it('may name things of earlier cells in every short form of an object', () => {
    const file = writeNotebook(folder, 'names', [
      'const points = [1, 2]; const caught = [{ caught: 3 }];',
      'const shape = { points };\nfor (const { caught: found } of caught) console.log(shape.points.length + found);',
    ]);
    const { status, output } = runScript('run.mjs', [file]);
    expect(status, output).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('"5\\n"');
  });

  it('may print thousands of lines at once, and none is lost', () => {
    const file = writeNotebook(folder, 'talkative', [
      "for (let line = 0; line < 5000; line++) console.log(`line ${line}`);\nconsole.error('and an error line');",
    ]);
    const { status, output } = runScript('run.mjs', [file]);
    expect(status, output).toBe(0);
    const { cells } = JSON.parse(readFileSync(file, 'utf8')) as {
      cells: { outputs?: { name: string; text: string[] }[] }[];
    };
    const textOf = (stream: string): string =>
      cells[1]!
        .outputs!.filter(({ name }) => name === stream)
        .flatMap(({ text }) => text)
        .join('');
    expect(textOf('stdout')).toBe(Array.from({ length: 5000 }, (_, line) => `line ${line}\n`).join(''));
    expect(textOf('stderr')).toBe('and an error line\n');
  });

  it('runs with SMOKE=1 into .lab/smoke and leaves itself alone', () => {
    const file = writeNotebook(folder, `smoke-of-a-test-${process.pid}`, cells.slice(0, 1));
    const before = readFileSync(file, 'utf8');
    const { status } = runScript('run.mjs', [file, '--smoke']);
    const copy = join(root, '.lab', 'smoke', basename(file));
    const text = readFileSync(copy, 'utf8');
    rmSync(copy);
    expect(status).toBe(0);
    expect(text).toContain('epochs = 1 (instead of 20)');
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('fails when its outputs are too large to commit', () => {
    const file = writeNotebook(folder, 'large', ["console.log('x'.repeat(310_000));"]);
    const before = readFileSync(file, 'utf8');
    const { status, output } = runScript('run.mjs', [file]);
    expect(status).toBe(1);
    expect(output).toMatch(/FAILED {2}large[^]*the limit is 300000/);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});

describe('the command line', () => {
  it('names the notebooks there are when asked for another', () => {
    expect(runScript('run.mjs', ['no-such-notebook'])).toMatchObject({
      status: 2,
      output: expect.stringContaining("There is no notebook 'no-such-notebook'. There are: ") as string,
    });
  });

  it('refuses an unknown option and a timeout that is no number', () => {
    expect(runScript('run.mjs', ['--smok']).status).toBe(2);
    expect(runScript('run.mjs', ['--timeout', 'soon'])).toMatchObject({
      status: 2,
      output: expect.stringContaining('--timeout soon') as string,
    });
  });

  it('says what to do when the Python environment is missing', () => {
    const file = writeNotebook(folder, 'any', ['1']);
    const { status, output } = runScript('run.mjs', [file], {
      BEHAVIOR_LAB_PYTHON: join(folder, 'no-python'),
    });
    expect(status).not.toBe(0);
    expect(output).toContain('Run `npm run setup`');
    expect(existsSync(file)).toBe(true);
  });

  it.each(['run.mjs', 'lab.mjs', 'check-types.mjs'])('%s explains itself', (script) => {
    expect(runScript(script, ['--help'])).toMatchObject({
      status: 0,
      output: expect.stringMatching(/^ {2}(npm run|node) /m) as string,
    });
  });
});
