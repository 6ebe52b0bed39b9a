import type { DataSource } from './source';

const base = 'https://files.grouplens.org/datasets/movielens/';
const citation =
  'Publications cite F. Maxwell Harper and Joseph A. Konstan, "The MovieLens Datasets: History and Context", ACM TiiS 5(4), 2015, doi:10.1145/2827872.';
const permission =
  'GroupLens, University of Minnesota: for research; no redistribution and no commercial use without their permission; no statement that they endorse you.';
const sameTerms =
  'GroupLens, University of Minnesota: for research; passed on only under the same terms; no commercial use without their permission; no statement that they endorse you.';

interface Edition {
  readonly name: string;
  readonly title: string;
  readonly rows: string;
  readonly what: string;
  readonly terms: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly holds: readonly string[];
  readonly maxBytes: number;
}

const fromGroupLens = (edition: Edition, archive: string): DataSource => ({
  name: edition.name,
  title: edition.title,
  rows: edition.rows,
  what: edition.what,
  terms: { short: 'GroupLens: research', text: `${edition.terms} ${citation}` },
  access: {
    how: 'download',
    base,
    file: {
      name: archive,
      bytes: edition.bytes,
      checksum: { algorithm: 'sha256', hex: edition.sha256 },
      kind: 'zip',
    },
  },
  holds: edition.holds,
  maxBytes: edition.maxBytes,
});

/**
 * The editions of MovieLens.
 *
 * @source Lengths and checksums: TensorFlow Datasets, url_checksums/movielens.txt, https://github.com/tensorflow/datasets
 */
export const movieLensSources: readonly DataSource[] = [
  {
    name: 'ml-100k',
    title: 'MovieLens-100K',
    rows: '100,000 ratings',
    what: 'films rated 1997-98, with titles, genres and profiles (RecBole files)',
    terms: { short: 'GroupLens: research', text: `${permission} ${citation}` },
    access: { how: 'setup' },
    holds: ['ml-100k.inter', 'ml-100k.item', 'ml-100k.user'],
    maxBytes: 10e6,
  },
  fromGroupLens(
    {
      name: 'ml-100k-grouplens',
      title: 'MovieLens-100K, the original files',
      rows: '100,000 ratings',
      what: 'the same films as their publisher packs them',
      terms: permission,
      bytes: 4_924_029,
      sha256: '50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229',
      holds: ['u.data', 'u.item', 'u.user'],
      maxBytes: 100e6,
    },
    'ml-100k.zip',
  ),
  fromGroupLens(
    {
      name: 'ml-1m',
      title: 'MovieLens-1M',
      rows: '1,000,209 ratings',
      what: 'films rated 2000-03, with profiles',
      terms: permission,
      bytes: 5_917_549,
      sha256: 'a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20',
      holds: ['ratings.dat', 'movies.dat', 'users.dat'],
      maxBytes: 100e6,
    },
    'ml-1m.zip',
  ),
  fromGroupLens(
    {
      name: 'ml-20m',
      title: 'MovieLens-20M',
      rows: '20,000,263 ratings',
      what: 'films rated and tagged 1995-2015',
      terms: sameTerms,
      bytes: 198_702_078,
      sha256: '96f243c338a8665f6bcc89c53edf6ee39162a846940de6b7c8c48aeada765ff3',
      holds: ['ratings.csv', 'movies.csv', 'tags.csv'],
      maxBytes: 3e9,
    },
    'ml-20m.zip',
  ),
  fromGroupLens(
    {
      name: 'ml-25m',
      title: 'MovieLens-25M',
      rows: '25,000,095 ratings',
      what: 'films rated and tagged 1995-2019',
      terms: sameTerms,
      bytes: 261_978_986,
      sha256: '8b21cfb7eb1706b4ec0aac894368d90acf26ebdfb6aced3ebd4ad5bd1eb9c6aa',
      holds: ['ratings.csv', 'movies.csv', 'tags.csv'],
      maxBytes: 4e9,
    },
    'ml-25m.zip',
  ),
  fromGroupLens(
    {
      name: 'ml-latest-small',
      title: 'MovieLens, the small edition of 2018',
      rows: '100,836 ratings',
      what: 'films rated and tagged 1996-2018',
      terms: sameTerms,
      bytes: 978_202,
      sha256: '696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436',
      holds: ['ratings.csv', 'movies.csv', 'tags.csv'],
      maxBytes: 50e6,
    },
    'ml-latest-small.zip',
  ),
];
