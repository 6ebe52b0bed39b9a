/**
 * k-means side by side: ours, ml-kmeans and scikit-learn, on the same points from the same start.
 *
 *     npx ts-node bench/kmeans.ts [--json FILE] [--python PYTHON] [--points N] [--threads 2]
 *
 * PYTHON has scikit-learn installed (a virtual environment of its own); without it that peer is left out, and said
 * so. Each side does exactly `iterations` iterations, with no tolerance; a round is the whole fit, conversion of
 * the input and final assignment included. The rounds of the sides follow each other; the best and the median
 * count.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRng } from 'behavior-lab/base/random';
import type { Matrix } from 'behavior-lab/base/matrix';
import { kmeansReference } from 'behavior-lab/clustering/kmeans-reference';
import { kmeans } from 'behavior-lab/clustering/kmeans';
import { adjustedRand } from 'behavior-lab/evaluation/adjusted-rand';
import { startBackend } from 'behavior-lab/nn/backend';

interface Side {
  readonly name: string;
  readonly msPerIteration: { readonly best: number; readonly median: number };
  readonly iterations: number;
  readonly inertia: number;
  /** Agreement of the labels with ours. */
  readonly ari: number;
}

interface PeerAnswer {
  readonly version: string;
  readonly milliseconds: number[];
  readonly iterations: number;
  readonly inertia: number;
  readonly labels: number[];
}

const D = 64;
const k = 50;
const iterations = 20;
const rounds = 5;
const seed = 1;

/** Points around k centres that overlap enough for all iterations to be used: centres N(0, 1), spread 1.5. */
function points(N: number): Matrix {
  const rng = createRng(seed);
  const centres = Float64Array.from({ length: k * D }, () => rng.normal());
  const values = new Float32Array(N * D);
  for (let point = 0; point < N; point++) {
    const centre = rng.integer(k) * D;
    for (let axis = 0; axis < D; axis++)
      values[point * D + axis] = centres[centre + axis]! + 1.5 * rng.normal();
  }
  return { rows: N, columns: D, values };
}

function perIteration(milliseconds: readonly number[], done: number): { best: number; median: number } {
  const sorted = milliseconds.map((ms) => ms / done).sort((a, b) => a - b);
  return { best: sorted[0]!, median: sorted[Math.floor(sorted.length / 2)]! };
}

function timed<Result>(count: number, run: () => Result): { milliseconds: number[]; result: Result } {
  let result = run(); // warms up
  const milliseconds = Array.from({ length: count }, () => {
    const start = performance.now();
    result = run();
    return performance.now() - start;
  });
  return { milliseconds, result };
}

function askPeer(python: string, file: string, N: number, threads: number): PeerAnswer {
  // These two slow numpy down where a workplace sets them: the peer runs at its best.
  const env = { ...process.env };
  delete env['OPENBLAS_CORETYPE'];
  delete env['OPENBLAS_L2_SIZE'];
  const script = join(__dirname, 'kmeans_peer.py');
  const numbers = [N, D, k, iterations, rounds, threads].map(String);
  return JSON.parse(
    execFileSync(python, [script, file, ...numbers], { env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }),
  ) as PeerAnswer;
}

async function main(): Promise<void> {
  const { values: args } = parseArgs({
    options: {
      json: { type: 'string' },
      python: { type: 'string' },
      points: { type: 'string', default: '100000' },
      threads: { type: 'string', default: '2' },
    },
  });
  const N = Number(args.points);
  const threads = Number(args.threads);
  const backend = await startBackend({ threads });
  const data = points(N);
  const start = { rows: k, columns: D, values: data.values.slice(0, k * D) };

  const ours = timed(rounds, () => kmeans(data, { start, maxIterations: iterations }));
  const sides: Side[] = [
    {
      name: `ours (${backend.name} ${backend.tensorflowVersion ?? ''}, ${threads} threads)`,
      msPerIteration: perIteration(ours.milliseconds, ours.result.iterations),
      iterations: ours.result.iterations,
      inertia: ours.result.inertia,
      ari: 1,
    },
  ];
  // One round of 3 iterations: it is far slower, and its time an iteration does not fall later.
  const slow = timed(1, () => kmeansReference(data, start, { maxIterations: 3 }));
  const short = kmeans(data, { start, maxIterations: 3 });
  sides.push({
    name: 'ml-kmeans 7.0.1 (3 iterations)',
    msPerIteration: perIteration(slow.milliseconds, slow.result.iterations),
    iterations: slow.result.iterations,
    inertia: slow.result.inertia,
    ari: adjustedRand(slow.result.labels, short.labels),
  });
  if (args.python === undefined) {
    console.log('scikit-learn is left out: name a Python that has it with --python.');
  } else {
    const folder = mkdtempSync(join(tmpdir(), 'bench-kmeans-'));
    try {
      const file = join(folder, 'points.f32');
      writeFileSync(file, new Uint8Array(data.values.buffer));
      for (const peerThreads of [1, 2]) {
        const answer = askPeer(args.python, file, N, peerThreads);
        sides.push({
          name: `scikit-learn ${answer.version} (${peerThreads} thread${peerThreads > 1 ? 's' : ''})`,
          msPerIteration: perIteration(answer.milliseconds, answer.iterations),
          iterations: answer.iterations,
          inertia: answer.inertia,
          ari: adjustedRand(answer.labels, ours.result.labels),
        });
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  const protocol =
    `${N} x ${D} float32, k = ${k}, points around ${k} centres N(0, 1) with spread 1.5, seed ${seed}; start: the first ` +
    `${k} points; ${iterations} iterations, tolerance 0, whole fit, ${rounds} rounds after one to warm up; ` +
    `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`;
  console.log(`${protocol}\n`);
  console.log(
    '| | ms an iteration, best | median | iterations | inertia | ARI with ours |\n|---|---|---|---|---|---|',
  );
  for (const { name, msPerIteration, iterations: done, inertia, ari } of sides) {
    const { best, median } = msPerIteration;
    console.log(
      `| ${name} | ${best.toFixed(1)} | ${median.toFixed(1)} | ${done} | ${inertia.toFixed(0)} | ${ari.toFixed(4)} |`,
    );
  }
  if (args.json !== undefined)
    writeFileSync(args.json, `${JSON.stringify({ protocol, backend, sides }, null, 2)}\n`);
}

void main();
