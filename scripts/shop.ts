import { InputError } from 'behavior-lab/base/errors';
import { createRng } from 'behavior-lab/base/random';
import { fullShopOptions } from 'behavior-lab/data/shop/full';
import { generateShopLog } from 'behavior-lab/data/shop/log';
import { shopLogDefaults } from 'behavior-lab/data/shop/options';
import { writeShop } from 'behavior-lab/data/shop/write';
import { oneOf, runCommand, wholeNumber } from './command-line';

const usage = `npm run shop -- [options]
Make up the log of a shop whose truth is known: NAME.csv, NAME.items.csv, NAME.users.csv, NAME.links.csv, and beside
them NAME.truth.json, NAME.truth.customers.csv and NAME.truth.exposures.csv. See data/README.md.

  --out DIR          where they go (default runs/shop)
  --name NAME        what they are called (default shop)
  --users N          customers and machines together (default 500)
  --items N          default 270
  --days N           from Monday, 1 January 2024 (default 364)
  --seed N           the same number, the same files (default 1)
  --kind KIND        full: seasons, friends, conversions, comings and goings (default) | plain: as in data/shop-sample.csv
  --language L       of titles and queries: en (default) | zh
  --help             this text
`;

const options = {
  out: { type: 'string' },
  name: { type: 'string' },
  users: { type: 'string' },
  items: { type: 'string' },
  days: { type: 'string' },
  seed: { type: 'string' },
  kind: { type: 'string' },
  language: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

runCommand(usage, options, async ({ out = 'runs/shop', name = 'shop', kind = 'full', ...values }) => {
  if (!/^[\w-]+$/.test(name)) {
    throw new InputError(`--name is '${name}'.`, 'Use letters, digits, - and _ alone.');
  }
  const users = wholeNumber('--users', values.users, 500);
  const preset =
    oneOf('--kind', kind, ['full', 'plain']) === 'full' ? fullShopOptions(users) : shopLogDefaults;
  const seed = wholeNumber('--seed', values.seed, 1, 0);
  const days = wholeNumber('--days', values.days, 364, 2);
  const chosen = {
    ...preset,
    users,
    days,
    items: wholeNumber('--items', values.items, preset.items, 9),
    language: oneOf('--language', values.language ?? 'en', ['en', 'zh']),
  };
  const shop = generateShopLog(chosen, createRng(seed), progress(days));
  process.stderr.write('writing the files ...\n');
  await writeShop(out, name, shop, seed);
  const { log, links, truth } = shop;
  const { size: customers } = truth.customers;
  const gone = [...truth.customers.values()].filter(({ leftDay }) => leftDay !== null).length;
  process.stdout.write(
    `${out}/${name}.csv: ${log.events.length} events, ${log.users.size} users, ${log.items.size} items, ` +
      `${links.length} friendships\n` +
      `planted: ${truth.exposures.length} exposures, ${truth.drift.size} drifts, ${gone} of ${customers} ` +
      `customers gone at the end, ${truth.anomalies.bots.size + truth.oddities.clockwork.size} machines\n`,
  );
});

/** A line of days done: it redraws itself in a terminal, and comes four times where output goes to a file. */
function progress(days: number): (daysDone: number) => void {
  const { stderr } = process;
  return (done) => {
    if (stderr.isTTY) stderr.write(`\r\x1b[2Kday ${done} of ${days}${done === days ? '\n' : ''}`);
    else if (Math.floor((4 * done) / days) > Math.floor((4 * (done - 1)) / days))
      stderr.write(`day ${done} of ${days}\n`);
  };
}
