import type { Reproduction } from 'behavior-lab/experiments/reproduction';
import { gruDefaults } from 'behavior-lab/encoders/gru';
import { trainingDefaults } from 'behavior-lab/experiments/train-encoder';
import { optimiserDefaults } from 'behavior-lab/training/optimiser';

export const ml100kGru: Reproduction = {
  name: 'ml-100k-gru',
  title: 'GRU4Rec, cross-entropy, MovieLens-100K',
  paper: 'Hidasi et al., "Session-based Recommendations with Recurrent Neural Networks", ICLR 2016',
  expected: {
    hr10: 0.2086,
    ndcg10: 0.1051,
    source: 'PyTorch, this protocol, mean of 3 seeds',
    within: 0,
  },
  data: { paths: ['ml-100k/ml-100k.inter'], format: 'recbole' },
  encoder: 'gru',
  config: gruDefaults,
  length: 100,
  training: { ...trainingDefaults, optimiser: { ...optimiserDefaults.adamw, learningRate: 2e-3 } },
  seeds: [1, 2, 3],
  chosen: 'Before the first run: the settings of the LSTM.',
  time: '5 minutes a seed on 2 cores of an Intel Xeon, other work beside it.',
};
