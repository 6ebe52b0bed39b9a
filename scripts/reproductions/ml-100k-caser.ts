import type { Reproduction } from 'behavior-lab/experiments/reproduction';
import { caserDefaults } from 'behavior-lab/encoders/caser';
import { trainingDefaults } from 'behavior-lab/experiments/train-encoder';
import { itemKnnFloor } from './item-knn-floor';

export const ml100kCaser: Reproduction = {
  name: 'ml-100k-caser',
  title: 'Caser, cross-entropy, MovieLens-100K',
  paper:
    'Tang & Wang, "Personalized Top-N Sequential Recommendation via Convolutional Sequence Embedding", WSDM 2018',
  expected: itemKnnFloor,
  data: { paths: ['ml-100k/ml-100k.inter'], format: 'recbole' },
  encoder: 'caser',
  config: caserDefaults,
  length: 50,
  training: trainingDefaults,
  seeds: [1, 2, 3],
  chosen: "Before the first run: the authors' filters, the training of the LSTM.",
  time: '1 to 3 minutes a seed on 2 cores of an Intel Xeon, other work beside it.',
};
