import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeTurns, type Measured, type Runner } from './measure';
import { startProgram, type Program } from './program';
import type { Side } from './sides';
import type { CheckValues, Opened, Work } from './work';

export type Say = (text: string) => void;

/** Start all programs of all sides, let them take turns, end them. Our side comes first: it draws what the peers read. */
export async function measureWork(
  work: Work,
  sides: readonly Side[],
  repeats: number,
  say: Say,
): Promise<Measured[]> {
  return withPrograms(async (start, file) => {
    const runners: Runner[] = [];
    // One after the other: a peer that compiles must have the machine for itself.
    for (const side of sides) {
      for (const threads of side.threads) {
        say(`${work.name}: starting ${side.name}, ${threads} thread${threads > 1 ? 's' : ''}`);
        const program = start(side, threads);
        const opened = await open(program, side, work, threads, file, 'measure');
        if (side.name === 'ours' && runners.length === 0) await program.ask({ do: 'write', file });
        runners.push({ side: side.name, threads, program, opened });
      }
    }
    return takeTurns(work, runners, repeats, (round, { side, threads }) =>
      say(`${work.name}: round ${round} of ${repeats}, ${side}, ${threads} thread${threads > 1 ? 's' : ''}`),
    );
  });
}

/** A way of a peer that computes something else than ours, and by how much. */
export interface Difference {
  readonly peer: string;
  readonly way: string;
  /** Difference of the first value, before any step: relative to its size. */
  readonly first: number;
  /** Largest difference of a value: what rounding has grown to after some steps. */
  readonly largest: number;
  readonly values: number;
}

const checkSettings = { dropout: 0, learningRate: 0.01, batches: 2 };

/** Compute the same from the same weights and inputs on all sides, without dropout, and compare. */
export async function checkWork(work: Work, sides: readonly Side[], say: Say): Promise<Difference[]> {
  // Two batches again and again in long steps: the losses fall far, each in its own way if anything differs.
  const still: Work = { ...work, settings: { ...work.settings, ...checkSettings, ...work.checkedWith } };
  return withPrograms(async (start, file) => {
    let ours: readonly number[] = [];
    const differences: Difference[] = [];
    for (const side of sides) {
      say(`${work.name}: checking ${side.name}`);
      const program = start(side, side.threads.at(-1)!);
      await open(program, side, still, side.threads.at(-1)!, file, 'check');
      if (side.name === 'ours') await program.ask({ do: 'write', file });
      const { values } = await program.ask<{ values: CheckValues }>({ do: 'check' });
      if (side.name === 'ours') ours = Object.values(values)[0]!;
      else {
        for (const [way, theirs] of Object.entries(values)) {
          differences.push({
            peer: side.name,
            way,
            first: largestDifference(ours.slice(0, 1), theirs.slice(0, 1)),
            largest: largestDifference(ours, theirs),
            values: ours.length,
          });
        }
      }
      await program.end();
    }
    return differences;
  });
}

/** The largest relative difference of two lists of numbers; Infinity when one is longer or not finite. */
export function largestDifference(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length || ours.length === 0) return Infinity;
  const each = ours.map((value, index) => Math.abs(value - theirs[index]!) / Math.max(1, Math.abs(value)));
  return each.every(Number.isFinite) ? Math.max(...each) : Infinity;
}

/** How much our side's memory grows while it trains. */
export interface MemoryGrowth {
  readonly name: string;
  readonly threads: number;
  readonly rssMB: readonly [early: number, late: number];
  readonly growthPercent: number;
  readonly tensors: readonly [early: number, late: number];
}

/** Memory of our side after `early` and after `late` samples of a work. */
export async function watchMemory(
  work: Work,
  side: Side,
  { early, late }: { readonly early: number; readonly late: number },
  say: Say,
): Promise<MemoryGrowth> {
  return withPrograms(async (start, file) => {
    const threads = side.threads.at(-1)!;
    const program = start(side, threads);
    await open(program, side, work, threads, file, 'measure');
    const look = (): Promise<{ rssMB: number; tensors: number }> => program.ask({ do: 'memory' });
    const runTo = async (from: number, to: number): Promise<void> => {
      for (let done = from; done < to; done += 100) {
        say(`${work.name}: step ${done} of ${late}`);
        await program.ask({ do: 'run', times: Math.min(100, to - done) });
      }
    };
    await runTo(0, early);
    const first = await look();
    await runTo(early, late);
    const last = await look();
    return {
      name: work.name,
      threads,
      rssMB: [first.rssMB, last.rssMB],
      growthPercent: 100 * (last.rssMB / first.rssMB - 1),
      tensors: [first.tensors, last.tensors],
    };
  });
}

function open(
  program: Program,
  side: Side,
  { kind, settings }: Work,
  threads: number,
  file: string,
  purpose: 'measure' | 'check',
): Promise<Opened> {
  const { name: variant, device } = side;
  return program.ask<Opened>({ do: 'open', kind, settings, variant, file, threads, device, purpose });
}

/** Give `use` a way to start programs and a file for them to share; end the programs and remove the file afterwards. */
async function withPrograms<Result>(
  use: (start: (side: Side, threads: number) => Program, file: string) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'behavior-lab-bench-'));
  const programs: Program[] = [];
  try {
    return await use(
      (side, threads) => {
        const program = startProgram(side.start(threads));
        programs.push(program);
        return program;
      },
      join(folder, 'work.safetensors'),
    );
  } finally {
    await Promise.all(programs.map((program) => program.end()));
    rmSync(folder, { recursive: true, force: true });
  }
}
