import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isSmoke } from './params';
import { projectRoot } from './project-root';

/** How a result is made, and read again from its folder. */
export interface ResultRecipe<T> {
  /** Work it out and write all of it into `folder`, which exists and is empty. Throw if it was stopped half-way. */
  readonly make: (folder: string) => Promise<unknown>;
  /** Read it. Used also right after `make`: a result is the same whether it was made now or last week. */
  readonly read: (folder: string) => T | Promise<T>;
  /** What it depends on (parameters, the hash of the data). When this differs from what is there, it is made again. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

const marker = 'result.json';

/** runs/, or runs/smoke/ with SMOKE=1: a result of small numbers must never pass for a real one. */
export function resultFolder(name: string): string {
  return resolve(projectRoot, 'runs', ...(isSmoke() ? ['smoke'] : []), name);
}

/** Compared as JSON: that is how the inputs come back from the disk. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function inputsOf(folder: string): unknown {
  const file = join(folder, marker);
  if (!existsSync(file)) return undefined;
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { inputs: unknown }).inputs;
  } catch {
    return undefined; // a marker that cannot be read marks nothing
  }
}

/**
 * A result by its name: read if it is there and was made from the same inputs, made otherwise.
 *
 * So a notebook asks for what an earlier one has trained, and runs alone on a fresh machine too. The folder gets its
 * name only when all of it is written: an interrupted making leaves nothing that looks finished.
 *
 * @example
 * const model = await needResult('02-encoder', { inputs: { ...P }, make: (dir) => trainInto(dir), read: loadModel });
 */
export async function needResult<T>(name: string, { make, read, inputs }: ResultRecipe<T>): Promise<T> {
  const folder = resultFolder(name);
  const there = inputsOf(folder);
  const where = relative(projectRoot, folder);
  if (there !== undefined && isDeepStrictEqual(there, asJson(inputs))) {
    console.log(`'${name}' is there: read from ${where}`);
    return read(folder);
  }
  console.log(
    there === undefined
      ? `'${name}' is not there: it is made now, once, and kept in ${where}`
      : `'${name}' was made with other parameters: it is made again in ${where}`,
  );
  const beside = `${folder}.making`;
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { recursive: true });
  await make(beside);
  writeFileSync(join(beside, marker), `${JSON.stringify({ name, inputs }, null, 2)}\n`);
  rmSync(folder, { recursive: true, force: true });
  renameSync(beside, folder);
  return read(folder);
}
