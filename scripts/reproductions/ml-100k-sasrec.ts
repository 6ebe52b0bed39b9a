import type { Reproduction } from 'behavior-lab/experiments/reproduction';
import { sasRecDefaults } from 'behavior-lab/encoders/sasrec';
import { nextItemDefaults } from 'behavior-lab/experiments/train-next-item';
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
    ...nextItemDefaults,
    maxEpochs: 150,
    optimiser: { ...optimiserDefaults.adamw, learningRate: 2e-3 },
  },
  seeds: [1, 2, 3],
  time: 'not measured yet',
};
