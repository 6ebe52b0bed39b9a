import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { OurWork } from './our-work';

export interface EventsSettings {
  readonly events: number;
  /** Which figure of the job a sample is: CPU seconds of all threads, or the peak of the memory in MB. */
  readonly figure: 'cpu' | 'memory';
}

/** What a job prints, ours and the peer's. */
export interface JobResult {
  readonly cpu: number;
  readonly memory: number;
  readonly seconds: number;
  /** Of the columns of the sequences; ours alone says it. */
  readonly bytesPerEvent?: number;
  readonly digest: Readonly<Record<string, number>>;
}

/** From a Parquet file to clean, split sequences with features. Every sample is a process of its own, which measures itself. */
export function openEvents({ events, figure }: EventsSettings, threads: number): OurWork {
  let made: Promise<string> | undefined;
  const file = (): Promise<string> => (made ??= makeEvents(events));
  const run = async (): Promise<JobResult> => runJob(await file(), threads);
  return {
    way: 'DuckDB reads, typed arrays',
    sample: async () => (await run())[figure],
    givesFigure: true,
    values: async () => Object.values((await run()).digest),
    shared: async () => ({ tensors: new Map(), integers: [], files: { events: await file() } }),
  };
}

/** The path of a file of so many events, which is made first if it is not there. */
export async function makeEvents(events: number): Promise<string> {
  return (await runNode('make-events.mjs', ['--events', String(events)])).trim();
}

/** Our job, once. */
export async function runJob(file: string, threads: number): Promise<JobResult> {
  return JSON.parse(await runNode('events-job.mjs', [file, '--threads', String(threads)])) as JobResult;
}

async function runNode(program: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [join(__dirname, program), ...args])).stdout;
}

export function eventVersions(): Record<string, string> {
  const { version } = createRequire(__filename)('@duckdb/node-api/package.json') as { version: string };
  return { node: process.versions.node, duckdb: version };
}
