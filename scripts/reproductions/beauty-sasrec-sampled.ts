import type { Reproduction } from 'behavior-lab/experiments/reproduction';
import { sasRecDefaults } from 'behavior-lab/encoders/sasrec';
import { trainingDefaults } from 'behavior-lab/experiments/train-encoder';
import { optimiserDefaults } from 'behavior-lab/training/optimiser';

export const beautySasRecSampled: Reproduction = {
  name: 'beauty-sasrec-sampled',
  title: 'SASRec, sampled softmax, width 256, Beauty',
  paper: 'Kang & McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018',
  expected: {
    hr10: 0.0921,
    ndcg10: 0.0531,
    source: 'blondered, transformer_benchmark (its configuration for Beauty has width 256)',
    within: 0.1,
  },
  data: { paths: ['beauty/Beauty.txt.gz'], format: 'sequences' },
  encoder: 'sasrec',
  config: {
    ...sasRecDefaults,
    width: 256,
    feedForwardWidth: 256,
    numBlocks: 1,
    numHeads: 1,
    initialVectors: 'small',
    dropoutRate: 0.5,
    attentionDropoutRate: 0.5,
  },
  length: 50,
  training: {
    ...trainingDefaults,
    optimiser: { ...optimiserDefaults.adamw, learningRate: 1e-3 },
    loss: { name: 'sampled-softmax', negatives: 256 },
  },
  seeds: [1],
  chosen:
    'Width, blocks, heads, negatives and learning rate of the benchmark, dropout of `beauty-sasrec`. With its dropout of .2 validation NDCG@10 was .0517 at epoch 30 and had hardly risen since epoch 19 (.0511); that run was stopped there. With vectors of unit length at the start .0799 / .0490: TEXT',
  time: 'TIME',
};
