import { createRng } from '../../base/random';
import type { Behavior } from '../../data/event';
import { findData } from '../../data/find-data';
import { onlineRetail, onlineRetailItems, onlineRetailUsers } from '../../data/formats/online-retail';
import { generateShopLog } from '../../data/shop/log';
import { shopLogDefaults } from '../../data/shop/options';
import { openDatabase } from '../../data/tables/database';
import type { EventTable } from '../../data/tables/event-table';
import { readItems, readUsers } from '../../data/tables/read-side-table';
import { readTable } from '../../data/tables/read-table';
import { tableOfLog } from '../../data/tables/table-of-log';
import { cleanTable } from '../../preprocessing/cleaning/clean-table';
import { selectEvents } from '../../preprocessing/select-events';
import type { SkippedRows } from '../../preprocessing/sequences';
import { sequencesOfTable, type TableSequences } from '../../preprocessing/table-sequences';

/** A shop whose items have titles: where what was learned elsewhere can be tried. */
export interface TitledShop {
  /** For titles and protocols. */
  readonly name: string;
  readonly sha256: string;
  /** Of each customer the first event of every item, oldest first; prices are a channel, titles `itemInfo`, profiles `userInfo`. */
  readonly sequences: TableSequences;
  /** Rows that are in no sequence, by reason. */
  readonly leftOut: readonly SkippedRows[];
}

/** The fewest customers of an item, and items of a customer. */
const core = 5;

/** Longer than any log: a later purchase of the same item is left out, however late. */
const everMs = 200 * 366 * 86_400_000;

/** What stands in the invoices of Online Retail and is no product. Postage is charged abroad: it would tell a customer's country. */
const noProducts = ['POST', 'DOT', 'C2', 'M', 'BANK CHARGES', 'PADS', '23444'];

/**
 * UCI Online Retail as a shop of products with descriptions: purchases without cancellations, postage and fees, each product once a
 * customer, then the 5-core, then of each customer the latest products.
 *
 * @param latest products of a customer at most, 1 or more
 * @returns `null` where the file is not there: `online-retail-uci/online_retail.csv.gz` in the folder `BEHAVIOR_LAB_DATA`
 * @throws InputError when the file cannot be read
 * @source Chen, Sain & Guo, "Data mining for the online retail industry", Journal of Database Marketing 19(3), 2012.
 */
export async function loadOnlineRetail(latest = Infinity): Promise<TitledShop | null> {
  const file = findData(['online-retail-uci/online_retail.csv.gz', 'online-retail-uci/online_retail.csv']);
  if (file === null) return null;
  const database = await openDatabase();
  try {
    const format = {
      ...onlineRetail,
      leaveOut: [
        ...onlineRetail.leaveOut!,
        ...noProducts.map((code) => ({ field: 'StockCode', test: { equals: code }, reason: 'no product' })),
      ],
    };
    const items = await readItems(database, file, onlineRetailItems);
    const users = await readUsers(database, file, onlineRetailUsers);
    const table = await readTable(database, file, { format, items, users, name: 'UCI Online Retail' });
    return await firstOfEachItem(table, { behavior: 'purchase', latest });
  } finally {
    database.close();
  }
}

/**
 * The made-up shop with its titles, for a machine without Online Retail: what its customers clicked, each item once a customer.
 *
 * @param latest items of a customer at most, 1 or more
 */
export async function madeUpTitledShop(users: number, seed: number, latest = Infinity): Promise<TitledShop> {
  const { log } = generateShopLog({ ...shopLogDefaults, users, details: true }, createRng(seed));
  const database = await openDatabase();
  try {
    return await firstOfEachItem(await tableOfLog(database, log), {
      behavior: 'click',
      latest,
    });
  } finally {
    database.close();
  }
}

async function firstOfEachItem(
  table: EventTable,
  { behavior, latest }: { readonly behavior: Behavior; readonly latest: number },
): Promise<TitledShop> {
  if (!(latest === Infinity || (Number.isInteger(latest) && latest >= 1))) {
    throw new RangeError(`titledShop: latest must be a whole number from 1, got ${latest}`);
  }
  const cleaned = await cleanTable(table, {
    behaviors: [behavior],
    dropWithoutTime: true,
    repeatBehaviors: [behavior],
    repeatWindowMs: everMs,
    minEventsPerUser: core,
    minEventsPerItem: core,
  });
  const whole = await sequencesOfTable(cleaned.table, { channels: ['price'], columns: [] });
  const isOld = new Uint8Array(whole.items.length);
  for (const [user, start] of whole.offsets.subarray(0, -1).entries()) {
    isOld.fill(1, start, Math.max(start, whole.offsets[user + 1]! - latest));
  }
  const sequences = selectEvents(whole, isOld);
  const older = whole.items.length - sequences.items.length;
  const all = [
    ...table.source.rejected,
    ...cleaned.report.dropped,
    ...sequences.skipped,
    ...(older > 0 ? [{ reason: `before the latest ${latest} items of a customer`, rows: older }] : []),
  ];
  return {
    name: table.source.name,
    sha256: table.source.sha256,
    sequences,
    leftOut: all.map(({ reason, rows }) => ({
      reason: reason === 'repeated view' ? 'the same item again' : reason,
      rows,
    })),
  };
}
