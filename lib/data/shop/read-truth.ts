import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../base/errors';
import type { PlantedAnomalies } from './anomalies';
import type { ShopLogOptions } from './options';
import { shopFormulas, type ShopTruth } from './truth';
import { readCustomers, readExposures } from './truth-tables';
import type { TruthFile } from './write';

/**
 * Read the truth that `writeShop` wrote, and the seed.
 *
 * It is the truth of the file of events beside it: a log that was changed since is refused, because positions would point
 * at other rows.
 *
 * @throws InputError when a file is missing or damaged, of another version of the formulas, or about another log
 */
export async function readShopTruth(
  folder: string,
  name: string,
): Promise<{ readonly truth: ShopTruth; readonly seed: number }> {
  const stem = join(folder, name);
  const file = `${stem}.truth.json`;
  const read = parse(await textOf(file), file);
  if (read.formulas !== shopFormulas) {
    throw new InputError(
      `it was made by formulas of version ${read.formulas}, this is version ${shopFormulas}.`,
      'Make the shop again.',
      { file },
    );
  }
  if ((await sha256Of(`${stem}.csv`)) !== read.logSha256) {
    throw new InputError('it is the truth of another log.', 'Write both again, together.', { file });
  }
  const { anomalies, oddities, missing } = read;
  return {
    seed: read.seed,
    truth: {
      formulas: read.formulas,
      options: read.options as ShopLogOptions,
      ...(await readCustomers(`${stem}.truth.customers.csv`)),
      dayFactors: read.dayFactors,
      followerOf: new Map(Object.entries(read.followerOf)),
      launchDayOf: new Map(Object.entries(read.launchDayOf)),
      exposures: await readExposures(`${stem}.truth.exposures.csv`),
      anomalies: { ...anomalies, bots: new Set(anomalies.bots) } as unknown as PlantedAnomalies,
      oddities: {
        clockwork: new Map(Object.entries(oddities.clockwork)),
        bursts: new Map(Object.entries(oddities.bursts)),
      },
      missing: { dwell: new Map(missing.dwell), price: new Map(missing.price) },
    },
  };
}

const parts = [
  'formulas',
  'seed',
  'logSha256',
  'options',
  'dayFactors',
  'followerOf',
  'launchDayOf',
  'anomalies',
  'oddities',
  'missing',
] as const satisfies readonly (keyof TruthFile)[];

function parse(text: string, file: string): TruthFile {
  const remedy = 'Write the shop again.';
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new InputError('it is not JSON.', remedy, { file });
  }
  const known = typeof read === 'object' && read !== null ? read : {};
  const lost = parts.find((part) => !(part in known));
  if (lost !== undefined) throw new InputError(`it has no '${lost}'.`, remedy, { file });
  return read as TruthFile;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const part of createReadStream(file)) hash.update(part as Buffer);
  } catch (error) {
    throw unreadable(file, error);
  }
  return hash.digest('hex');
}

function unreadable(file: string, error: unknown): InputError {
  return new InputError(`it cannot be read (${(error as Error).message}).`, 'Write the shop again.', {
    file,
  });
}
