import { InputError } from 'behavior-lab/base/errors';
import { poolings } from 'behavior-lab/encoders/pooling';
import { objectiveNames, type ObjectiveSettings } from 'behavior-lab/experiments/learning/objective-settings';
import { labelLosses } from 'behavior-lab/objectives/classification';
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
} as const;

const orders = ['kept', 'shuffled'] as const;

/** How a command names what is learned. */
export const objectiveUsage = `  --objectives LIST  what is learned, the first making the epochs: ${objectiveNames.join(' | ')}, each with a weight
                     behind a colon or not: next-item,reconstruction:0.5; 'learned' learns it (default next-item)
                     contrastive: two views of a user are alike; reconstruction: one view names the items of the other;
                     skip-gram: items that stand near each other (item2vec), alone for --encoder average --layers 0;
                     order: is what was read in order?; classification: a label of users, beside other aims
                     (alone: npm run fine-tune)
  --views KIND       ${viewKinds.join(' | ')}: how a history is seen twice (default ${presets.views})
  --view-length N    events of a view at most (default: --length)
  --order KIND       ${orderKinds.join(' | ')}: a pair of slices swapped, or one slice shuffled (default ${presets.order})
  --order-length N   order: events that are read at most (default: --length)
  --labels FILE      classification: CSV with a header, user and label
  --label-loss NAME  ${labelLosses.join(' | ')} (default ${presets.labelLoss})
  --pooling WORD     ${poolings.join(' | ')}: how the states of a user's events become one vector (default ${presets.pooling})
  --temperature X    contrastive: what likeness is divided by (default ${presets.temperature})
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
    views: ['contrastive', 'reconstruction'],
    'view-length': ['contrastive', 'reconstruction'],
    temperature: ['contrastive'],
    order: ['order'],
    'order-length': ['order'],
    labels: ['classification'],
    'label-loss': ['classification'],
    pooling: ['contrastive', 'reconstruction', 'order', 'classification'],
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
    }
  });
}
