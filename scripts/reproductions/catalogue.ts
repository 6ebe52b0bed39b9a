import type { Reproduction } from 'behavior-lab/experiments/reproduction';
import { beautyBceEqualBudget, beautyGbceEqualBudget } from './beauty-equal-budget';
import { beautyGru } from './beauty-gru';
import { beautySasRec } from './beauty-sasrec';
import { beautySasRecBce } from './beauty-sasrec-bce';
import { beautySasRecSampled } from './beauty-sasrec-sampled';
import { ml100kBert4Rec } from './ml-100k-bert4rec';
import { ml100kCaser } from './ml-100k-caser';
import { ml100kGpt } from './ml-100k-gpt';
import { ml100kGru } from './ml-100k-gru';
import { ml100kSasRec } from './ml-100k-sasrec';
import { ml100kSasRecBce } from './ml-100k-sasrec-bce';
import { ml100kSrGnn } from './ml-100k-sr-gnn';
import { ml100kSvae } from './ml-100k-svae';
import { ml1mBert4Rec } from './ml-1m-bert4rec';
import { ml1mGru } from './ml-1m-gru';
import { ml1mSasRec } from './ml-1m-sasrec';

/** Every page of the lab book, in the order of the table. */
export const reproductions: readonly Reproduction[] = [
  ml100kGru,
  ml100kSasRec,
  ml100kSasRecBce,
  ml100kBert4Rec,
  ml100kCaser,
  ml100kSvae,
  ml100kGpt,
  ml100kSrGnn,
  beautySasRec,
  beautySasRecBce,
  beautyGru,
  beautySasRecSampled,
  beautyBceEqualBudget,
  beautyGbceEqualBudget,
  ml1mSasRec,
  ml1mGru,
  ml1mBert4Rec,
];
