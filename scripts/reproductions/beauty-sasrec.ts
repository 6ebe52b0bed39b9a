import type { Reproduction } from 'behavior-lab/experiments/reproduction';
import { sasRecDefaults } from 'behavior-lab/encoders/sasrec';
import { trainingDefaults } from 'behavior-lab/experiments/train-encoder';
import { optimiserDefaults } from 'behavior-lab/training/optimiser';

export const beautySasRec: Reproduction = {
  name: 'beauty-sasrec',
  title: 'SASRec, cross-entropy, Beauty',
  paper: 'Kang & McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018',
  expected: {
    hr10: 0.083,
    ndcg10: 0.0415,
    source: 'DuoRec, issue 3',
    within: 0,
  },
  data: { paths: ['beauty/Beauty.txt.gz'], format: 'sequences' },
  encoder: 'sasrec',
  config: {
    ...sasRecDefaults,
    feedForwardWidth: 256,
    dropoutRate: 0.5,
    attentionDropoutRate: 0.5,
  },
  length: 50,
  training: {
    ...trainingDefaults,
    optimiser: { ...optimiserDefaults.adamw, learningRate: 1e-3 },
  },
  seeds: [1],
  chosen: 'Before the first run.',
  time: '24 minutes (100 epochs) on 2 cores of an Intel Xeon, other work beside it.',
};
