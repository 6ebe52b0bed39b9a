import { lstmDefaults } from 'behavior-lab/encoders/lstm';
import type { ExperimentSettings } from 'behavior-lab/experiments/run-experiment';
import { defaultLength, trainingDefaults } from 'behavior-lab/experiments/train-encoder';
import { augmentationNames } from 'behavior-lab/preprocessing/augmentation/augment-batch';

/** Everything about a training but its data and its seed. */
export type LadderSettings = Omit<ExperimentSettings, 'data'>;

/** One way to climb to a rung. */
export interface Candidate {
  /** Name of its folder. */
  readonly name: string;
  readonly settings: (below: LadderSettings) => LadderSettings;
}

/** A rung that is trained: one of its candidates is taken, by the validation of the first seed. */
export interface RungPage {
  readonly name: string;
  readonly change: string;
  readonly candidates: readonly Candidate[];
}

/** The first rung: the settings that the article names, and the usual ones of this project where it names none. */
export const start: LadderSettings = {
  encoder: 'lstm',
  config: { ...lstmDefaults, width: 128, dropoutRate: 0 },
  length: defaultLength,
  training: {
    ...trainingDefaults,
    maxEpochs: 100,
    optimiser: { ...trainingDefaults.optimiser, learningRate: 1e-3 },
  },
};

const tuned = (learningRate: number, dropoutRate: number, width: number): Candidate => ({
  name: `rate-${learningRate}-dropout-${dropoutRate}-width-${width}`,
  settings: (below) => ({
    ...below,
    config: { ...below.config, dropoutRate, width },
    training: { ...below.training, optimiser: { ...trainingDefaults.optimiser, learningRate } },
  }),
});

/**
 * The rungs above the first one, in the order of article S: tuning, features, augmentation. Fixed before the first run; the grid has twelve
 * points, and no rung is left out for what it brings.
 */
export const rungs: readonly RungPage[] = [
  {
    name: 'tuned',
    change: 'learning rate .001, .002 or .004, dropout .3 or .5, width 128 or 256',
    candidates: [1e-3, 2e-3, 4e-3].flatMap((rate) =>
      [0.3, 0.5].flatMap((dropout) => [128, 256].map((width) => tuned(rate, dropout, width))),
    ),
  },
  {
    name: 'features',
    change: 'genres and year of films, age and gender of users',
    candidates: [
      {
        name: 'genre-year-age-gender',
        settings: (below) => ({
          ...below,
          side: { itemFeatures: ['categories', 'year'], profile: ['age', 'gender'] },
        }),
      },
    ],
  },
  {
    name: 'augmentation',
    change: 'in half of the windows a fifth of the events left out, shuffled or substituted',
    candidates: augmentationNames.map((name) => ({
      name,
      settings: (below) => ({
        ...below,
        training: { ...below.training, augmentation: { name, share: 0.2, chance: 0.5 } },
      }),
    })),
  },
];

/** Seeds of every rung; the first chooses among its candidates. */
export const seeds = [1, 2, 3] as const;
