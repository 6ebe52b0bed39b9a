import type { DataSource } from './source';

const onPage =
  'The terms are those of the page, which you accept when you fetch it there; this project has not read them.';

/**
 * Sets whose publishers ask for an account: fetched by hand, then checked and unpacked here.
 *
 * Nobody publishes a checksum that could be had without the account, so only what an archive holds is checked.
 */
export const accountSources: readonly DataSource[] = [
  {
    name: 'taobao-userbehavior',
    title: 'Taobao UserBehavior',
    rows: '100,150,807 events',
    what: 'clicks, carts, favourites and purchases of 987,994 users, 2017-11-25 to 12-03',
    terms: { short: 'see its page', text: `Alibaba. ${onPage}` },
    access: {
      how: 'account',
      page: 'https://tianchi.aliyun.com/dataset/649',
      steps: 'sign in, accept the terms and download UserBehavior.csv.zip (about 900 MB)',
      file: { name: 'UserBehavior.csv.zip', bytes: null, checksum: null, kind: 'zip' },
    },
    holds: ['UserBehavior.csv'],
    maxBytes: 10e9,
  },
  {
    name: 'tmall-ijcai15',
    title: 'Tmall, IJCAI-15 repeat buyers',
    rows: '54,925,330 events',
    what: 'clicks, carts, favourites and purchases of 424,170 users in half a year, with age and gender',
    terms: { short: 'see its page', text: `Alibaba. ${onPage}` },
    access: {
      how: 'account',
      page: 'https://tianchi.aliyun.com/dataset/42',
      steps:
        'sign in, accept the terms and download data_format1.zip (its name may hold a blank: take it out)',
      file: { name: 'data_format1.zip', bytes: null, checksum: null, kind: 'zip' },
    },
    holds: ['user_log_format1.csv'],
    maxBytes: 10e9,
  },
  {
    name: 'retailrocket',
    title: 'RetailRocket',
    rows: '2,756,101 events',
    what: 'views, carts and purchases of 1,407,580 visitors in 4.5 months, with changing item properties',
    terms: {
      short: 'CC BY-NC-SA 4.0',
      text: `Retail Rocket: Creative Commons Attribution-NonCommercial-ShareAlike 4.0, as its page says. ${onPage}`,
    },
    access: {
      how: 'account',
      page: 'https://www.kaggle.com/datasets/retailrocket/ecommerce-dataset',
      steps: 'sign in and download archive.zip, all files at once',
      file: { name: 'archive.zip', bytes: null, checksum: null, kind: 'zip' },
    },
    holds: ['events.csv'],
    maxBytes: 5e9,
  },
  {
    name: 'otto',
    title: 'OTTO recommender data',
    rows: '216,716,096 events in training',
    what: 'clicks, carts and orders of 12,899,779 sessions, JSON lines',
    terms: {
      short: 'CC BY 4.0',
      text: 'OTTO (GmbH & Co KG): the data are under Creative Commons Attribution 4.0.',
    },
    access: {
      how: 'account',
      page: 'https://www.kaggle.com/datasets/otto/recsys-dataset',
      steps: 'sign in and download archive.zip, all files at once',
      file: { name: 'archive.zip', bytes: null, checksum: null, kind: 'zip' },
    },
    holds: ['otto-recsys-train.jsonl'],
    maxBytes: 50e9,
  },
];
