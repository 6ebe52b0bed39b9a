import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeCsv, writeWhole } from '../write-csv';
import type { ShopLog } from './log';
import { customerRows, exposureRows, linkRows } from './truth-tables';

/** The part of a truth that stands in `NAME.truth.json`, with Maps as objects or pairs and Sets as lists. */
export interface TruthFile {
  readonly formulas: number;
  readonly seed: number;
  /** Of the file of events that the truth is about. */
  readonly logSha256: string;
  readonly options: unknown;
  readonly dayFactors: readonly number[];
  readonly followerOf: Readonly<Record<string, string>>;
  readonly launchDayOf: Readonly<Record<string, number>>;
  readonly anomalies: { readonly bots: readonly string[] } & Readonly<Record<string, readonly unknown[]>>;
  readonly oddities: {
    readonly clockwork: Readonly<Record<string, number>>;
    readonly bursts: Readonly<Record<string, readonly number[]>>;
  };
  readonly missing: Readonly<Record<'dwell' | 'price', readonly (readonly [number, number])[]>>;
}

/**
 * Write a made-up shop: what a shop would have, and beside it what only its maker knows.
 *
 * `NAME.csv`, `NAME.items.csv`, `NAME.users.csv` (read by `readCsv`) and `NAME.links.csv` (`user_id,friend_id`) are the
 * data. The truth stands apart: `NAME.truth.json` (seed, options, version of the formulas, anomalies),
 * `NAME.truth.customers.csv` (one row a customer) and `NAME.truth.exposures.csv` (one row an item seen, with its
 * probabilities). Makes the folder; replaces old files whole, the truth last.
 *
 * @param seed of the `Rng` that made the log
 */
export async function writeShop(
  folder: string,
  name: string,
  { log, links, truth }: ShopLog,
  seed: number,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const stem = join(folder, name);
  await writeCsv(stem, log);
  await writeWhole(`${stem}.links.csv`, linkRows(links));
  await writeWhole(`${stem}.truth.customers.csv`, customerRows(truth));
  await writeWhole(`${stem}.truth.exposures.csv`, exposureRows(truth.exposures));
  const { formulas, options, dayFactors, followerOf, launchDayOf, anomalies, oddities, missing } = truth;
  const file: TruthFile = {
    formulas,
    seed,
    logSha256: log.source.sha256,
    options,
    dayFactors,
    followerOf: Object.fromEntries(followerOf),
    launchDayOf: Object.fromEntries(launchDayOf),
    anomalies: { ...anomalies, bots: [...anomalies.bots] },
    oddities: {
      clockwork: Object.fromEntries(oddities.clockwork),
      bursts: Object.fromEntries(oddities.bursts),
    },
    missing: { dwell: [...missing.dwell], price: [...missing.price] },
  };
  await writeWhole(`${stem}.truth.json`, [`${JSON.stringify(file)}\n`]);
}
