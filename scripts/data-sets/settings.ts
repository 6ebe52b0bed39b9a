import { sasRecDefaults } from 'behavior-lab/encoders/sasrec';
import type { ExperimentSettings } from 'behavior-lab/experiments/run-experiment';
import { trainingDefaults } from 'behavior-lab/experiments/train-encoder';
import { optimiserDefaults } from 'behavior-lab/training/optimiser';
import type { DataSetPage } from './catalogue';

/** The one setting for all sets, fixed before the first run; only the bound on epochs goes by the size of a set. */
export const settingsFor = ({ data, maxEpochs }: DataSetPage, file: string): ExperimentSettings => ({
  data: { ...data, file },
  encoder: 'sasrec',
  config: sasRecDefaults,
  length: 50,
  training: {
    ...trainingDefaults,
    optimiser: { ...optimiserDefaults.adamw, learningRate: 2e-3 },
    maxEpochs,
    patience: 10,
    seed: 1,
  },
});
