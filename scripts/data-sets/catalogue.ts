import { onlineRetail } from 'behavior-lab/data/formats/online-retail';
import { taobao } from 'behavior-lab/data/formats/taobao';
import { yoochooseCut } from 'behavior-lab/data/formats/yoochoose';
import type { DataSettings } from 'behavior-lab/experiments/load-data';

type WithoutFile<Settings> = Settings extends unknown ? Omit<Settings, 'file'> : never;

/** A real data set of one kind of behaviour, as data: a line of the table. */
export interface DataSetPage {
  /** Name of its folders: `beauty`. */
  readonly name: string;
  readonly title: string;
  /** What an event is. */
  readonly behavior: string;
  /** What a user, an item and an order are where that is not plain, and what was cut. */
  readonly note: string;
  /** Where the file may lie, below the data folders. */
  readonly paths: readonly string[];
  readonly data: WithoutFile<DataSettings>;
  /** Bound of the training, fixed beforehand by the size of the set. */
  readonly maxEpochs: number;
}

/** Epochs at most: up to 100,000 events an epoch is short, beyond that it is not. */
const [small, large] = [100, 30];

/** Every line, the cheapest training first. */
export const dataSets: readonly DataSetPage[] = [
  {
    name: 'taobao',
    title: 'Taobao, items',
    behavior: 'views, carts, favourites and purchases in a shop',
    note: 'All four behaviours are events of one sequence; most items occur once.',
    paths: ['taobao-userbehavior-10k/UserBehavior.csv.gz'],
    data: { format: 'table', layout: taobao },
    maxEpochs: small,
  },
  {
    name: 'taobao-categories',
    title: 'Taobao, categories',
    behavior: 'the same, by the category of the item',
    note: 'The item is the category: the same events, another question.',
    paths: ['taobao-userbehavior-10k/UserBehavior.csv.gz'],
    data: {
      format: 'table',
      layout: { ...taobao, columns: { user: 'user', item: 'category', behavior: 'behavior', time: 'time' } },
    },
    maxEpochs: small,
  },
  {
    name: 'lastfm',
    title: 'Last.fm',
    behavior: 'artists listened to',
    note: 'Each artist once a user, in the order of the file; it has no times.',
    paths: ['lastfm-s3rec/LastFM.txt.gz'],
    data: { format: 'sequences', behavior: 'listen' },
    maxEpochs: small,
  },
  {
    name: 'yoochoose',
    title: 'Yoochoose',
    behavior: 'clicks in a shop',
    note: 'Nobody is known beyond a session: a session is a user. The training file of the cut of 100,000 clicks.',
    paths: ['yoochoose-100k/yoochoose-clicks-100k_train_full.txt.gz'],
    data: { format: 'table', layout: yoochooseCut },
    maxEpochs: small,
  },
  {
    name: 'online-retail',
    title: 'Online Retail',
    behavior: 'lines of a wholesaler’s invoices',
    note: 'A user is a customer, the baskets stand one behind the other, the lines of an invoice in the order of the file: the last line of the last invoice is asked for, and the rest of that invoice is known. December 2010 to February 2011.',
    paths: ['online-retail-uci/online_retail.csv.gz', 'online-retail-uci/online_retail.csv'],
    data: {
      format: 'table',
      layout: onlineRetail,
      cleaning: { latestMs: Date.UTC(2011, 2, 1) - 1 },
    },
    maxEpochs: small,
  },
  {
    name: 'ml-100k',
    title: 'MovieLens-100K',
    behavior: 'films rated',
    note: 'Each film once a user; many ratings have one time, and stay in the order of the file.',
    paths: ['ml-100k/ml-100k.inter'],
    data: { format: 'recbole' },
    maxEpochs: small,
  },
  {
    name: 'beauty',
    title: 'Amazon Beauty',
    behavior: 'beauty products reviewed',
    note: '5-core, as it is given out.',
    paths: ['beauty/Beauty.txt.gz'],
    data: { format: 'sequences', behavior: 'rate' },
    maxEpochs: large,
  },
];
