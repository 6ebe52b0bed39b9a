import type { Reproduction } from 'behavior-lab/experiments/reproduction';
import { sasRecDefaults } from 'behavior-lab/encoders/sasrec';
import { trainingDefaults } from 'behavior-lab/experiments/train-encoder';
import { optimiserDefaults } from 'behavior-lab/training/optimiser';

/** All but the loss: the same epochs, windows and seeds for both. */
const equalBudget = {
  data: { paths: ['beauty/Beauty.txt.gz'], format: 'sequences' },
  encoder: 'sasrec',
  config: { ...sasRecDefaults, dropoutRate: 0.5, attentionDropoutRate: 0.5 },
  length: 50,
  seeds: [1, 2, 3],
  chosen: 'Before the first run: 40 epochs for each loss, the settings of `beauty-sasrec`.',
} as const;

const training = {
  ...trainingDefaults,
  optimiser: { ...optimiserDefaults.adamw, learningRate: 1e-3 },
  maxEpochs: 40,
  patience: 40,
};

export const beautyBceEqualBudget: Reproduction = {
  ...equalBudget,
  name: 'beauty-bce-equal-budget',
  title: 'SASRec, binary cross-entropy, 1 negative, 40 epochs, Beauty',
  paper: 'Kang & McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018',
  expected: {
    hr10: 0.0283,
    ndcg10: 0.0137,
    source: 'no number of this budget: GRU4Rec, Zhou et al., S3-Rec, CIKM 2020',
    within: 0,
  },
  training: { ...training, loss: { name: 'bce', negatives: 1 } },
  time: '15 minutes for 3 seeds (best epochs 36, 40 and 37) on 2 cores of an Intel Xeon, nothing beside it; 7 s an epoch.',
};

export const beautyGbceEqualBudget: Reproduction = {
  ...equalBudget,
  name: 'beauty-gbce-equal-budget',
  title: 'SASRec, gBCE, t .75, 256 negatives, 40 epochs, Beauty',
  paper:
    'Petrov & Macdonald, "gSASRec: Reducing Overconfidence in Sequential Recommendation Trained with Negative Sampling", RecSys 2023',
  expected: {
    hr10: 0.0283,
    ndcg10: 0.0134,
    source: '`beauty-bce-equal-budget`: 1 negative, the same epochs and seeds, mean of 3 seeds',
    within: 0,
  },
  training: { ...training, loss: { name: 'gbce', negatives: 256, calibration: 0.75 } },
  time: '113 minutes for 3 seeds (best epoch 40 in each: still rising) on 2 cores of an Intel Xeon with much other work beside it.',
};
