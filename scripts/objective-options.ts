import { InputError } from 'behavior-lab/base/errors';
import { poolings } from 'behavior-lab/encoders/pooling';
import { objectiveNames, type ObjectiveSettings } from 'behavior-lab/experiments/learning/objective-settings';
import { labelLosses } from 'behavior-lab/objectives/classification';
import { sameIntents } from 'behavior-lab/objectives/intent-contrast';
import { orderKinds } from 'behavior-lab/objectives/order';
import { viewKinds } from 'behavior-lab/objectives/user-views';
import { oneOf, realNumber, wholeNumber } from './command-line';

/** Usual settings of what is learned from two views of a user. */
const presets = {
  views: 'halves',
  pooling: 'mean',
  temperature: 0.1,
  near: 5,
  nearOrder: 'kept',
  nearNegatives: 5,
  nearThreshold: 1e-3,
  order: 'pair',
  labelLoss: 'cross-entropy',
  clusters: 8,
  decWarmup: 20,
  intentWarmup: 0,
  clusterEvery: 1,
  clusterTolerance: 1e-3,
  sameIntent: 'left-out',
} as const;

const orders = ['kept', 'shuffled'] as const;

/** How a command names what is learned. */
export const objectiveUsage = `  --objectives LIST  what is learned, the first making the epochs: ${objectiveNames.join(' | ')}, each with a weight
                     behind a colon or not: next-item,reconstruction:0.5; 'learned' learns it (default next-item)
                     contrastive: two views of a user are alike; reconstruction: one view names the items of the other;
                     skip-gram: items that stand near each other (item2vec), alone for --encoder average --layers 0;
                     order: is what was read in order?; classification: a label of users, beside other aims
                     (alone: npm run fine-tune); dec: deep embedded clustering of the users, beside other aims:
                     next-item,dec:0.1; intent: a view names the group of its user among those found by k-means before
                     each epoch (ICLRec: next-item,contrastive:0.1,intent:0.1); both leave groups.csv
  --views KIND       ${viewKinds.join(' | ')}: how a history is seen twice (default ${presets.views})
  --view-length N    events of a view at most (default: --length)
  --order KIND       ${orderKinds.join(' | ')}: a pair of slices swapped, or one slice shuffled (default ${presets.order})
  --order-length N   order: events that are read at most (default: --length)
  --labels FILE      classification: CSV with a header, user and label
  --label-loss NAME  ${labelLosses.join(' | ')} (default ${presets.labelLoss})
  --pooling WORD     ${poolings.join(' | ')}: how the states of a user's events become one vector (default ${presets.pooling})
  --clusters N       dec, intent: groups of users, from 2 (default ${presets.clusters})
  --cluster-warmup N dec, intent: epochs before there are groups (default ${presets.decWarmup} for dec, ${presets.intentWarmup} for intent)
  --cluster-every N  dec: epochs from one refresh of the targets to the next (default ${presets.clusterEvery})
  --cluster-tolerance X  dec: ends when fewer than this share of the users change their cluster; 0: never (default ${presets.clusterTolerance})
  --same-intent WORD intent: ${sameIntents.join(' | ')}: what users of one's own group are (default ${presets.sameIntent})
  --temperature X    contrastive, intent: what likeness is divided by (default ${presets.temperature})
  --near N           skip-gram: events on either side that are near (default ${presets.near})
  --near-order WORD  skip-gram: ${orders.join(' | ')}: histories in order, or shuffled as sets (default ${presets.nearOrder})
  --near-negatives N skip-gram: items drawn for each pair by popularity to the .75 (default ${presets.nearNegatives})
  --near-threshold X skip-gram: above this share of all events, events of an item are left out; 0 keeps all (default ${presets.nearThreshold})
`;

/** The options of `objectiveUsage`, for `parseArgs`. */
export const objectiveOptions = {
  objectives: { type: 'string' },
  views: { type: 'string' },
  'view-length': { type: 'string' },
  pooling: { type: 'string' },
  order: { type: 'string' },
  'order-length': { type: 'string' },
  labels: { type: 'string' },
  'label-loss': { type: 'string' },
  clusters: { type: 'string' },
  'cluster-warmup': { type: 'string' },
  'cluster-every': { type: 'string' },
  'cluster-tolerance': { type: 'string' },
  'same-intent': { type: 'string' },
  temperature: { type: 'string' },
  near: { type: 'string' },
  'near-order': { type: 'string' },
  'near-negatives': { type: 'string' },
  'near-threshold': { type: 'string' },
} as const;

type ObjectiveValues = { readonly [name in keyof typeof objectiveOptions]?: string | undefined };

/** Read objectives from arguments; undefined for the default. @throws InputError naming the argument that is off */
export function readObjectiveOptions(values: ObjectiveValues): ObjectiveSettings[] | undefined {
  const all = (values.objectives ?? 'next-item').split(',').map((text) => {
    const [name, weight] = text.trim().split(':');
    return {
      name: oneOf('--objectives', name!, objectiveNames),
      ...(weight !== undefined && {
        weight:
          weight === 'learned'
            ? ('learned' as const)
            : realNumber('--objectives', weight, 1, { positive: true }),
      }),
    };
  });
  const names = all.map(({ name }) => name);
  const refuse = (option: string, goesWith: string): never => {
    throw new InputError(
      `--${option} means nothing for ${names.join(', ')}.`,
      `It goes with --objectives ${goesWith}.`,
    );
  };
  const goesWith: Readonly<Record<string, readonly (typeof objectiveNames)[number][]>> = {
    views: ['contrastive', 'reconstruction', 'intent'],
    'view-length': ['contrastive', 'reconstruction', 'intent'],
    temperature: ['contrastive', 'intent'],
    order: ['order'],
    'order-length': ['order'],
    labels: ['classification'],
    'label-loss': ['classification'],
    pooling: ['contrastive', 'reconstruction', 'order', 'classification', 'dec', 'intent'],
    clusters: ['dec', 'intent'],
    'cluster-warmup': ['dec', 'intent'],
    'cluster-every': ['dec'],
    'cluster-tolerance': ['dec'],
    'same-intent': ['intent'],
    near: ['skip-gram'],
    'near-order': ['skip-gram'],
    'near-negatives': ['skip-gram'],
    'near-threshold': ['skip-gram'],
  };
  for (const [option, own] of Object.entries(goesWith)) {
    const isGiven = values[option as keyof ObjectiveValues] !== undefined;
    if (isGiven && !names.some((name) => own.includes(name))) refuse(option, own.join(' or '));
  }
  if (new Set(names).size < names.length) {
    throw new InputError(`--objectives ${values.objectives} names one twice.`, 'Name each once.');
  }
  if (names[0] === 'classification') {
    throw new InputError(
      `--objectives ${values.objectives} puts a classification first: nothing would say which epoch is best.`,
      'Put another objective before it, or learn the label alone by npm run fine-tune.',
    );
  }
  if (names.includes('dec') && names.includes('intent')) {
    throw new InputError(
      `--objectives ${values.objectives} groups the users in two ways.`,
      'Take dec or intent.',
    );
  }
  if (names.length === 1 && names[0] === 'dec') {
    throw new InputError(
      '--objectives dec has nothing to cluster: the weights are random in the beginning.',
      'Put what is learned first before it: next-item,dec:0.1.',
    );
  }
  if (values.objectives === undefined) return undefined;
  const views = oneOf('--views', values.views ?? presets.views, viewKinds);
  const viewLength = values['view-length'] && {
    viewLength: wholeNumber('--view-length', values['view-length'], 1),
  };
  const pooling = oneOf('--pooling', values.pooling ?? presets.pooling, poolings);
  const temperature = realNumber('--temperature', values.temperature, presets.temperature, {
    positive: true,
  });
  const order = oneOf('--order', values.order ?? presets.order, orderKinds);
  const sliceLength = values['order-length'] && {
    sliceLength: wholeNumber('--order-length', values['order-length'], 2, 2),
  };
  const clusters = wholeNumber('--clusters', values.clusters, presets.clusters, 2);
  const warmupOr = (preset: number): number =>
    wholeNumber('--cluster-warmup', values['cluster-warmup'], preset, 0);
  if (names.length === 1 && names[0] === 'intent' && warmupOr(presets.intentWarmup) > 0) {
    throw new InputError(
      '--cluster-warmup means nothing for intent alone: there is nothing to learn before the groups.',
      'Put another objective before it.',
    );
  }
  const labelLoss = oneOf('--label-loss', values['label-loss'] ?? presets.labelLoss, labelLosses);
  return all.map(({ name, ...weight }): ObjectiveSettings => {
    switch (name) {
      case 'next-item':
        return { name, ...weight };
      case 'contrastive':
        return { name, views, pooling, temperature, ...viewLength, ...weight };
      case 'reconstruction':
        return { name, views, pooling, ...viewLength, ...weight };
      case 'skip-gram':
        return {
          name,
          window: wholeNumber('--near', values.near, presets.near),
          shuffled: oneOf('--near-order', values['near-order'] ?? presets.nearOrder, orders) === 'shuffled',
          negatives: wholeNumber('--near-negatives', values['near-negatives'], presets.nearNegatives),
          threshold: realNumber('--near-threshold', values['near-threshold'], presets.nearThreshold),
          ...weight,
        };
      case 'order':
        return { name, order, pooling, ...sliceLength, ...weight };
      case 'classification': {
        const { labels } = values;
        if (!labels) throw new InputError('--labels is missing.', 'Name a CSV file: user,label.');
        return { name, labels, loss: labelLoss, pooling, ...weight };
      }
      case 'dec': {
        const preset = presets.clusterTolerance;
        const tolerance = realNumber('--cluster-tolerance', values['cluster-tolerance'], preset, {
          below: 1,
        });
        const every = wholeNumber('--cluster-every', values['cluster-every'], presets.clusterEvery);
        return {
          name,
          clusters,
          pooling,
          warmupEpochs: warmupOr(presets.decWarmup),
          every,
          tolerance,
          ...weight,
        };
      }
      case 'intent':
        return {
          name,
          clusters,
          views,
          ...viewLength,
          pooling,
          temperature,
          sameIntent: oneOf('--same-intent', values['same-intent'] ?? presets.sameIntent, sameIntents),
          warmupEpochs: warmupOr(presets.intentWarmup),
          ...weight,
        };
    }
  });
}
