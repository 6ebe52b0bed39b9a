import { InputError } from '../../base/errors';
import type { TableFormat } from '../tables/table-format';
import { amazon2014, amazon2023 } from './amazon';
import { cdnow, cdnowOriginal } from './cdnow';
import { completeJourney } from './complete-journey';
import { lastFm, lastFmHeadless } from './lastfm';
import { movieLens100k, movieLens1m, movieLens1mPairs, movieLensCsv } from './movielens';
import { onlineRetail, onlineRetailWithCancellations } from './online-retail';
import { recbole, recboleRatings } from './recbole';
import { retailRocket, retailRocketCut } from './retailrocket';
import { taobao } from './taobao';
import { yoochooseBuys, yoochooseClicks, yoochooseCut } from './yoochoose';

/** Formats of public data sets by the name that a command line takes; each is explained where it is declared. */
export const tableFormats: Readonly<Record<string, TableFormat>> = {
  movielens: movieLensCsv,
  'ml-100k': movieLens100k,
  'ml-1m': movieLens1m,
  'ml-1m-pairs': movieLens1mPairs,
  'recbole-table': recbole,
  'recbole-ratings': recboleRatings,
  taobao: taobao,
  retailrocket: retailRocket,
  'retailrocket-cut': retailRocketCut,
  yoochoose: yoochooseClicks,
  'yoochoose-buys': yoochooseBuys,
  'yoochoose-cut': yoochooseCut,
  'online-retail': onlineRetail,
  'online-retail-with-cancellations': onlineRetailWithCancellations,
  'amazon-2014': amazon2014,
  'amazon-2023': amazon2023,
  lastfm: lastFm,
  'lastfm-headless': lastFmHeadless,
  cdnow: cdnow,
  'cdnow-original': cdnowOriginal,
  'complete-journey': completeJourney,
};

/** The format of that name. @throws InputError when there is none, naming those there are */
export function formatNamed(name: string): TableFormat {
  if (Object.hasOwn(tableFormats, name)) return tableFormats[name]!;
  throw new InputError(
    `there is no format '${name}'.`,
    `Choose one of ${Object.keys(tableFormats).join(', ')}.`,
  );
}
