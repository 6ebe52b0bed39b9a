import type { Reproduction } from 'behavior-lab/experiments/reproduction';
import { sasRecDefaults } from 'behavior-lab/encoders/sasrec';
import { trainingDefaults } from 'behavior-lab/experiments/train-encoder';
import { optimiserDefaults } from 'behavior-lab/training/optimiser';

export const ml100kSasRec: Reproduction = {
  name: 'ml-100k-sasrec',
  title: 'SASRec, cross-entropy, MovieLens-100K',
  paper: 'Kang & McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018',
  expected: {
    hr10: 0.216,
    ndcg10: 0.1102,
    source: 'PyTorch, this protocol, mean of 3 seeds',
    within: 0,
  },
  data: { paths: ['ml-100k/ml-100k.inter'], format: 'recbole' },
  encoder: 'sasrec',
  config: sasRecDefaults,
  length: 50,
  training: {
    ...trainingDefaults,
    maxEpochs: 150,
    optimiser: { ...optimiserDefaults.adamw, learningRate: 2e-3 },
  },
  seeds: [1, 2, 3],
  chosen:
    'Learning rate .002 by the validation of seed 1 (NDCG@10 .131; .001 without dropout on attention, tried first, had .115 and on the test .2015 / .1071 over the three seeds); dropout on attention as the authors have it (.131 with and without).',
  time: '4 to 5 minutes a seed on 2 cores of an Intel Xeon, other work beside it.',
};
