import type { DataSource } from './source';

const amazon2023 = (name: string, category: string, rows: string, md5: string): DataSource => ({
  name,
  title: `Amazon reviews 2023, ${category.replaceAll('_', ' ')}`,
  rows,
  what: 'user, item, rating and time of reviews, 1996-2023',
  terms: {
    short: 'no licence stated',
    text: 'McAuley Lab, UC San Diego: given out for research, no licence stated. Publications cite Hou, Li, He, Yan, Chen and McAuley, "Bridging Language and Items for Retrieval and Recommendation", arXiv:2403.03952, 2024.',
  },
  access: {
    how: 'download',
    base: 'https://mcauleylab.ucsd.edu/public_datasets/data/amazon_2023/benchmark/0core/rating_only/',
    file: {
      name: `${category}.csv.gz`,
      bytes: null,
      checksum: { algorithm: 'md5', hex: md5 },
      // Every reader takes gzip as it is.
      kind: 'plain',
    },
  },
  holds: [`${category}.csv.gz`],
  maxBytes: 5e9,
});

/** Sets that anyone may fetch from an address, besides MovieLens. Rows as their publishers count them. */
export const openSources: readonly DataSource[] = [
  {
    name: 'lastfm-hetrec',
    title: 'HetRec 2011 Last.fm',
    rows: '92,834 listening counts, 25,434 links of friends',
    what: 'artists that 1,892 users listened to, their tags and friends',
    terms: {
      short: 'non-commercial',
      text: 'Made available for non-commercial use; for anything else ask Last.fm. Publications cite Cantador, Brusilovsky and Kuflik, HetRec workshop at RecSys 2011, and http://www.lastfm.com.',
    },
    access: {
      how: 'download',
      base: 'https://files.grouplens.org/datasets/hetrec2011/',
      file: {
        name: 'hetrec2011-lastfm-2k.zip',
        bytes: null,
        checksum: { algorithm: 'md5', hex: '296d61afe4e8632b173fc2dd3be20ce2' },
        kind: 'zip',
      },
    },
    holds: ['user_artists.dat', 'user_friends.dat', 'user_taggedartists.dat'],
    maxBytes: 100e6,
  },
  amazon2023(
    'amazon-2023-beauty',
    'Beauty_and_Personal_Care',
    'about 23.9 million reviews',
    '6b9dfce7fca70dd05e1bcf77c1953c40',
  ),
  amazon2023(
    'amazon-2023-games',
    'Video_Games',
    'about 4.6 million reviews',
    '60fdc3e812de871c30d65722e9a91a0a',
  ),
  amazon2023(
    'amazon-2023-toys',
    'Toys_and_Games',
    'about 16.3 million reviews',
    '542250672811854e9803d90b1f52cc14',
  ),
  amazon2023(
    'amazon-2023-sports',
    'Sports_and_Outdoors',
    'about 19.6 million reviews',
    '75e1dfbb3b3014fab914832b734922e6',
  ),
  {
    name: 'amazon-2014-beauty',
    title: 'Amazon reviews 2014, Beauty',
    rows: '2,023,070 ratings',
    what: 'user, item, rating and time of reviews, 1998-2014',
    terms: {
      short: 'no licence stated',
      text: 'Julian McAuley, UC San Diego: given out for research, no licence stated. Publications cite He and McAuley, WWW 2016, and McAuley, Targett, Shi and van den Hengel, SIGIR 2015.',
    },
    access: {
      how: 'download',
      base: 'http://snap.stanford.edu/data/amazon/productGraph/categoryFiles/',
      file: { name: 'ratings_Beauty.csv', bytes: null, checksum: null, kind: 'plain' },
    },
    holds: ['ratings_Beauty.csv'],
    maxBytes: 500e6,
  },
  {
    name: 'yoochoose',
    title: 'Yoochoose, RecSys Challenge 2015',
    rows: '33,003,944 clicks, 1,150,753 purchases',
    what: 'sessions of an online shop, 2014',
    terms: {
      short: 'CC BY-NC-ND 4.0',
      text: 'YOOCHOOSE GmbH: Creative Commons Attribution-NonCommercial-NoDerivatives 4.0; the README within the archive is what counts.',
    },
    access: {
      how: 'download',
      base: 'https://s3-eu-west-1.amazonaws.com/yc-rdata/',
      file: { name: 'yoochoose-data.7z', bytes: null, checksum: null, kind: '7z' },
    },
    holds: ['yoochoose-clicks.dat'],
    maxBytes: 5e9,
  },
];
