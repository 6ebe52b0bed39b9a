// Writes data/shop-sample.csv, .items.csv and .users.csv: npm run build && npx ts-node scripts/shop-sample.ts
import { join } from 'node:path';
import { generateShopSample } from 'behavior-lab/data/shop/log';
import { writeCsv } from 'behavior-lab/data/write-csv';

const stem = join(__dirname, '..', 'data', 'shop-sample');
const { log, truth } = generateShopSample();
writeCsv(stem, log).then(
  () => {
    console.log(`${stem}.csv: ${log.events.length} events, ${log.users.size} users, ${log.items.size} items`);
    console.log(`planted: ${truth.drift.size} drifts, ${truth.anomalies.bots.size} bots`);
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
