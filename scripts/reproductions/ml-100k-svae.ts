import type { Reproduction } from 'behavior-lab/experiments/reproduction';
import { svaeDefaults } from 'behavior-lab/encoders/svae';
import { trainingDefaults } from 'behavior-lab/experiments/train-encoder';
import { itemKnnFloor } from './item-knn-floor';

export const ml100kSvae: Reproduction = {
  name: 'ml-100k-svae',
  title: 'SVAE, cross-entropy + .2 KL, MovieLens-100K',
  paper:
    'Sachdeva, Manco, Ritacco & Pudi, "Sequential Variational Autoencoders for Collaborative Filtering", WSDM 2019',
  expected: itemKnnFloor,
  data: { paths: ['ml-100k/ml-100k.inter'], format: 'recbole' },
  encoder: 'svae',
  config: svaeDefaults,
  length: 50,
  training: trainingDefaults,
  seeds: [1, 2, 3],
  chosen: 'Before the first run: the training of the LSTM; weight of the divergence by Liang et al. 2018.',
  time: '2 to 3 minutes a seed on 2 cores of an Intel Xeon, other work beside it.',
};
