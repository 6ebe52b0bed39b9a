import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asTypeScript, compile, modules } from '../../scripts/wasm/compile.mjs';
import { projectFolder } from '../../scripts/setup/folders.mjs';

describe('WebAssembly modules of lib', () => {
  it.each(modules)('$target is what $source compiles to', (module) => {
    const committed = readFileSync(join(projectFolder, module.target), 'utf8');
    expect(committed, 'run `npm run wasm`').toBe(asTypeScript(module, compile(module.source)));
  });
});
