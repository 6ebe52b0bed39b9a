import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';

const { withExplicitNames } = createRequire(__filename)('../../scripts/kernel/explicit-names.cjs') as {
  withExplicitNames: (code: string) => string;
};

describe('names that tslab would get wrong', () => {
  it.each([
    ['show({ points, k: 3, labels });', 'show({ points: points, k: 3, labels: labels });'],
    ['const { caught: found, rest } = all;', 'const { "caught": found, rest } = all;'],
    ['const { a: { b: c } } = x;', 'const { "a": { "b": c } } = x;'],
    ['({ a, b = 1 } = x);', '({ a: a, b: b = 1 } = x);'],
    ['const f = ({ a: b }: T) => ({ b });', 'const f = ({ "a": b }: T) => ({ b: b });'],
  ])('%s becomes %s', (code, explicit) => {
    expect(withExplicitNames(code)).toBe(explicit);
  });

  it.each([
    "const a = { 'b': 1, [c]: 2, d() {} };",
    'type A = { b: string };',
    'const a = {',
    "import { a } from 'b';",
  ])('%s stays as it is', (code) => {
    expect(withExplicitNames(code)).toBe(code);
  });

  it('keeps every line where it was', () => {
    const code = 'const a = {\n  b,\n  c,\n};\n// end';
    expect(withExplicitNames(code).split('\n')).toHaveLength(code.split('\n').length);
  });
});
