import type { Reproduction } from 'behavior-lab/experiments/reproduction';
import { gruDefaults } from 'behavior-lab/encoders/gru';
import { trainingDefaults } from 'behavior-lab/experiments/train-encoder';
import { optimiserDefaults } from 'behavior-lab/training/optimiser';

export const beautyGru: Reproduction = {
  name: 'beauty-gru',
  title: 'GRU4Rec, cross-entropy, Beauty',
  paper: 'Hidasi et al., "Session-based Recommendations with Recurrent Neural Networks", ICLR 2016',
  expected: {
    hr10: 0.0283,
    ndcg10: 0.0137,
    source: 'Zhou et al., S3-Rec, CIKM 2020 (trained by BCE)',
    within: 0,
  },
  data: { paths: ['beauty/Beauty.txt.gz'], format: 'sequences' },
  encoder: 'gru',
  config: { ...gruDefaults, width: 64, dropoutRate: 0.5 },
  length: 50,
  training: {
    ...trainingDefaults,
    optimiser: { ...optimiserDefaults.adamw, learningRate: 1e-3 },
  },
  seeds: [1],
  chosen: 'Before the first run.',
  time: '36 minutes (100 epochs) on 2 cores of an Intel Xeon with much other work beside it; at best 14 s an epoch.',
};
