// `npm run wasm`: compiles the sources in assembly/ into lib/.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../setup/folders.mjs';
import { asTypeScript, compile, modules } from './compile.mjs';

if (process.argv.includes('--help')) {
  console.log(`Compile the WebAssembly modules of lib/ from their sources in assembly/ (AssemblyScript).

  npm run wasm

  Needed only after a change in assembly/; what it writes is committed, and a test compares the two.
`);
} else {
  for (const module of modules) {
    const bytes = compile(module.source);
    writeFileSync(join(projectFolder, module.target), asTypeScript(module, bytes));
    console.log(`${module.source} -> ${module.target} (${bytes.length} bytes)`);
  }
}
