// Opens JupyterLab on this machine only, with a token, the TypeScript kernel and the first notebook.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { allNotebooks } from './files.mjs';
import { jupyterEnvironment, python, root } from './jupyter.mjs';

const { staleBuild } = createRequire(import.meta.url)('../kernel/stale-build.cjs');

const help = `Open JupyterLab on notebooks/ with the TypeScript kernel. Stop it with Ctrl-C.

  npm run lab [-- options]

  --port NUMBER   default 8888, or the next free one; 127.0.0.1 only
  --no-browser    print the address and open nothing
  --help          this text
`;

const isFree = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

async function freePort(wanted) {
  for (let port = wanted; port < wanted + 50 && port < 65536; port++) if (await isFree(port)) return port;
  throw new Error(`No port from ${wanted} to ${wanted + 49} is free. Choose another by --port.`);
}

async function main() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8888' },
      'no-browser': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const wanted = Number(values.port);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 65535) {
    throw new Error(`--port ${values.port}: give a whole number from 1 to 65535.`);
  }
  const stale = staleBuild();
  if (stale) console.warn(stale);
  const port = await freePort(wanted);
  const token = randomBytes(24).toString('hex');
  const first = allNotebooks().map((file) => `/${basename(file)}`)[0] ?? '';
  const page = `/lab/tree/notebooks${first}`;
  const child = spawn(
    python(),
    [
      ...['-m', 'jupyterlab', `--ServerApp.root_dir=${root}`],
      ...['--ServerApp.ip=127.0.0.1', `--ServerApp.port=${port}`, '--ServerApp.port_retries=0'],
      // The token travels in the environment: the list of processes, which everybody can read, does not show it.
      ...[`--LabApp.default_url=${page}`, `--ServerApp.open_browser=${!values['no-browser']}`],
      ...['--MultiKernelManager.default_kernel_name=tslab', '--KernelSpecManager.ensure_native_kernel=False'],
      '--KernelSpecManager.allowed_kernelspecs=tslab',
      ...['--ServerApp.log_level=WARN', '--LabApp.log_level=WARN'],
      ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
    ],
    { cwd: root, env: jupyterEnvironment({ JUPYTER_TOKEN: token }), stdio: 'inherit' },
  );
  console.log(`JupyterLab: http://127.0.0.1:${port}${page}?token=${token}`);
  console.log('Stop it with Ctrl-C.');
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill('SIGTERM'));
  child.once('error', (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
  child.once('close', (status) => (process.exitCode = status ?? 0));
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 2;
});
