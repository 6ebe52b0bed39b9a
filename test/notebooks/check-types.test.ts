import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runScript, writeNotebook } from './fixture';

const folder = mkdtempSync(join(tmpdir(), 'types-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('tells notebook, cell and line of every type error', () => {
  const file = writeNotebook(folder, 'wrong', [
    "import { createRng } from 'behavior-lab/base/random';\n\nconst rng = createRng(7)",
    '// fine\nconst count: string = 1;',
    'const f = (x) => x;\nawait rng.nothing();',
    'const count = 2;',
  ]);
  const { status, output } = runScript('check-types.mjs', [file]);
  expect(status).toBe(1);
  expect(output).toMatch(
    /wrong\.ipynb, cell 3, line 2: Type 'number' is not assignable to type 'string'\. \(TS2322\)/,
  );
  expect(output).toMatch(/wrong\.ipynb, cell 4, line 1: Parameter 'x' implicitly has an 'any' type/);
  expect(output).toMatch(/wrong\.ipynb, cell 4, line 2: Property 'nothing' does not exist on type 'Rng'/);
  expect(output).toMatch(/wrong\.ipynb, cell 5, line 1: Cannot redeclare block-scoped variable 'count'/);
});

it('passes what the kernel runs: await at the top, imports in the middle, a value at the end', () => {
  const file = writeNotebook(folder, 'right', [
    "import { params } from 'behavior-lab/notebook/params';\nconst P = params({ epochs: 2 }, { epochs: 1 })",
    "import { expectEqual } from 'behavior-lab/notebook/expect';\nexpectEqual(await Promise.resolve(P.epochs), 2, { what: 'epochs' })",
    '[1, 2].map((x) => x + P.epochs)',
  ]);
  expect(runScript('check-types.mjs', [file])).toMatchObject({ status: 0 });
});
