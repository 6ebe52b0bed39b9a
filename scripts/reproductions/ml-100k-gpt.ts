import type { Reproduction } from 'behavior-lab/experiments/reproduction';
import { gptDefaults } from 'behavior-lab/encoders/gpt';
import { trainingDefaults } from 'behavior-lab/experiments/train-encoder';
import { ml100kSasRec } from './ml-100k-sasrec';

export const ml100kGpt: Reproduction = {
  name: 'ml-100k-gpt',
  title: 'GPT-like with genre and time gap, cross-entropy, MovieLens-100K',
  paper:
    'Radford, Narasimhan, Salimans & Sutskever, "Improving Language Understanding by Generative Pre-Training", 2018',
  expected: {
    ...ml100kSasRec.expected,
    source: 'SASRec without channels in PyTorch, this protocol, mean of 3 seeds',
  },
  data: { paths: ['ml-100k/ml-100k.inter'], format: 'recbole' },
  encoder: 'gpt',
  config: gptDefaults,
  side: { channels: ['category', 'gap'] },
  length: 50,
  training: { ...trainingDefaults, maxEpochs: 150 },
  seeds: [1, 2, 3],
  chosen:
    'Before the first run: the training of SASRec. A trial of 30 epochs, seed 1, gave NDCG@10 .126 on validation and was still rising.',
  time: '1.9 s an epoch, 2 to 3 minutes a seed (46 to 60 epochs) on 2 cores of an Intel Xeon, some other work beside it.',
};
