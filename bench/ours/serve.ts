/**
 * Our side of `npm run bench`, and the peers that run in Node: does one work when asked, by JSON lines on stdin and stdout.
 * The protocol is that of bench/peers/serve.py.
 */
import { createInterface } from 'node:readline';
import { startBackend, type BackendInfo } from 'behavior-lab/nn/backend';
import type { Device, Request } from '../work';
import { eventVersions } from './events';
import { openWork } from './open-work';
import { writeShared, type OurWork } from './our-work';

// stdout is for answers alone.
console.log = console.error;
console.info = console.error;

let work: OurWork | undefined;

async function answerTo(request: Request): Promise<object> {
  if (request.do === 'open') {
    const { kind, threads, device } = request;
    const versions = kind === 'events' ? eventVersions() : versionsOf(await startOn(device, threads));
    work = openWork(request);
    return { way: work.way, tried: {}, versions };
  }
  if (!work) throw new Error(`'${request.do}' came before 'open'`);
  const { sample, givesFigure = false, values, shared, way } = work;
  switch (request.do) {
    case 'write':
      writeShared(request.file, await shared());
      return {};
    case 'check':
      return { values: { [way]: await values() } };
    case 'memory':
      return memory();
    case 'run': {
      const samples: number[] = [];
      for (let time = 0; time < request.times; time++) {
        const start = performance.now();
        const result = await sample();
        samples.push(givesFigure ? (result as number) : performance.now() - start);
      }
      return { samples };
    }
  }
}

async function startOn(device: Device, threads: number): Promise<BackendInfo> {
  if (device === 'cpu') process.env['CUDA_VISIBLE_DEVICES'] = '-1'; // the CUDA build would take a GPU that is there
  const backend = await startBackend({ threads });
  if (backend.device !== device) throw new Error(`no GPU is in use. ${backend.gpuReason}`);
  return backend;
}

function versionsOf(backend: BackendInfo): Record<string, string> {
  return {
    node: process.versions.node,
    backend: backend.name,
    tensorflow: backend.tensorflowVersion ?? 'none',
    oneDNN: backend.oneDnn,
    device: backend.device,
  };
}

async function memory(): Promise<{ rssMB: number; tensors: number }> {
  const tf = await import('@tensorflow/tfjs');
  return { rssMB: process.memoryUsage().rss / 1e6, tensors: tf.memory().numTensors };
}

async function serve(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await answerTo(JSON.parse(line) as Request).catch((error: unknown) => ({
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }));
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

void serve().then(() => process.exit(0));
