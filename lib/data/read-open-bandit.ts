import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../base/errors';
import { cacheFolder } from './cache-folder';
import { readCsvRows } from './read-csv-rows';

/** The two policies that chose what the shop showed: at random, or by Bernoulli Thompson sampling. */
export const openBanditPolicies = ['random', 'bts'] as const;
export type OpenBanditPolicy = (typeof openBanditPolicies)[number];

/** The parts of the shop. */
export const openBanditCampaigns = ['all', 'men', 'women'] as const;
export type OpenBanditCampaign = (typeof openBanditCampaigns)[number];

/** Fashion items as they were shown, one entry an impression, in the order of time. */
export interface OpenBanditLog {
  readonly policy: OpenBanditPolicy;
  readonly campaign: OpenBanditCampaign;
  /** From 0. */
  readonly items: Int32Array;
  readonly itemCount: number;
  /** Place on the page: 0 left, 1 in the middle, 2 right. */
  readonly places: Int32Array;
  /** 1 where it was clicked. */
  readonly clicks: Float64Array;
  /** Probability with which the policy put this item at this place. */
  readonly propensities: Float64Array;
  readonly timesMs: Float64Array;
  /** Hashed features of who saw it, 4 a row; nothing says who. */
  readonly userFeatures: readonly (readonly string[])[];
  readonly sha256: string;
}

/** Places on the page. */
export const openBanditPlaces = 3;

const itemCounts: Readonly<Record<OpenBanditCampaign, number>> = { all: 80, men: 34, women: 46 };

/**
 * Read a part of the Open Bandit sample: 10,000 impressions of one policy in one campaign, 2019-11-24 to 30.
 *
 * Equal times keep the order of the file.
 *
 * @param folder of the set, by default where `npm run data -- open-bandit` puts it
 * @throws InputError when it is not there, a column is missing, or a row cannot be
 * @source Saito, Aihara, Matsutani & Narita, "Open Bandit Dataset and Pipeline: Towards Realistic and Reproducible Off-Policy
 *   Evaluation", NeurIPS Datasets and Benchmarks 2021.
 */
export async function readOpenBandit(
  policy: OpenBanditPolicy,
  campaign: OpenBanditCampaign,
  folder: string = join(cacheFolder(), 'data', 'open-bandit'),
): Promise<OpenBanditLog> {
  const file = join(folder, policy, campaign, `${campaign}.csv`);
  if (!existsSync(file)) {
    throw new InputError('the Open Bandit sample is not there.', 'Run `npm run data -- open-bandit`.', {
      file,
    });
  }
  const itemCount = itemCounts[campaign];
  let columns: { readonly number: ReadonlyMap<string, number>; readonly user: readonly number[] } | null =
    null;
  const rows: Row[] = [];
  const sha256 = await readCsvRows(file, {}, (values, row) => {
    if (columns === null) {
      columns = columnsOf(values, file);
      return;
    }
    const cell = (name: string): string => values[columns!.number.get(name)!] ?? '';
    const read: Row = {
      timeMs: Date.parse(cell('timestamp')),
      item: Number(cell('item_id')),
      place: Number(cell('position')) - 1,
      click: Number(cell('click')),
      propensity: Number(cell('propensity_score')),
      user: columns.user.map((column) => values[column] ?? ''),
    };
    const wrong = problemOf(read, itemCount);
    if (wrong !== null) {
      throw new InputError(`${wrong}.`, 'Fetch the set again: `npm run data -- open-bandit`.', { file, row });
    }
    rows.push(read);
  });
  rows.sort((a, b) => a.timeMs - b.timeMs);
  return {
    policy,
    campaign,
    items: Int32Array.from(rows, ({ item }) => item),
    itemCount,
    places: Int32Array.from(rows, ({ place }) => place),
    clicks: Float64Array.from(rows, ({ click }) => click),
    propensities: Float64Array.from(rows, ({ propensity }) => propensity),
    timesMs: Float64Array.from(rows, ({ timeMs }) => timeMs),
    userFeatures: rows.map(({ user }) => user),
    sha256,
  };
}

interface Row {
  readonly timeMs: number;
  readonly item: number;
  readonly place: number;
  readonly click: number;
  readonly propensity: number;
  readonly user: readonly string[];
}

function columnsOf(header: readonly string[], file: string) {
  const number = new Map(header.map((name, column) => [name, column]));
  const user = [0, 1, 2, 3].map((feature) => `user_feature_${feature}`);
  const needed = ['timestamp', 'item_id', 'position', 'click', 'propensity_score', ...user];
  const missing = needed.filter((name) => !number.has(name));
  if (missing.length > 0) {
    throw new InputError(
      `the header lacks ${missing.join(', ')}.`,
      'Give a file of the Open Bandit sample.',
      {
        file,
        row: 1,
      },
    );
  }
  return { number, user: user.map((name) => number.get(name)!) };
}

/** What makes a row impossible; null for a good one. */
function problemOf({ timeMs, item, place, click, propensity }: Row, itemCount: number): string | null {
  if (!Number.isFinite(timeMs)) return 'the time cannot be read';
  if (!(Number.isInteger(item) && item >= 0 && item < itemCount))
    return `the item ${item} is none of ${itemCount}`;
  if (![0, 1, 2].includes(place)) return `the position ${place + 1} is none of 1 to 3`;
  if (click !== 0 && click !== 1) return `the click is ${click}, not 0 or 1`;
  if (!(propensity > 0 && propensity <= 1)) return `the propensity is ${propensity}, not a probability`;
  return null;
}
