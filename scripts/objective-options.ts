import { InputError } from 'behavior-lab/base/errors';
import { poolings } from 'behavior-lab/encoders/pooling';
import { objectiveNames, type ObjectiveSettings } from 'behavior-lab/experiments/learning/objective-settings';
import { viewKinds } from 'behavior-lab/objectives/user-views';
import { oneOf, realNumber, wholeNumber } from './command-line';

/** Usual settings of what is learned from two views of a user. */
const presets = { views: 'halves', pooling: 'mean', temperature: 0.1 } as const;

/** How a command names what is learned. */
export const objectiveUsage = `  --objectives LIST  what is learned, the first making the epochs: ${objectiveNames.join(' | ')}, each with a weight
                     behind a colon or not: next-item,reconstruction:0.5; 'learned' learns it (default next-item)
                     contrastive: two views of a user are alike; reconstruction: one view names the items of the other
  --views KIND       ${viewKinds.join(' | ')}: how a history is seen twice (default ${presets.views})
  --view-length N    events of a view at most (default: --length)
  --pooling WORD     ${poolings.join(' | ')}: how the states of a view become one vector (default ${presets.pooling})
  --temperature X    contrastive: what likeness is divided by (default ${presets.temperature})
`;

/** The options of `objectiveUsage`, for `parseArgs`. */
export const objectiveOptions = {
  objectives: { type: 'string' },
  views: { type: 'string' },
  'view-length': { type: 'string' },
  pooling: { type: 'string' },
  temperature: { type: 'string' },
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
  const seesTwice = names.some((name) => name !== 'next-item');
  for (const option of ['views', 'view-length', 'pooling'] as const) {
    if (values[option] !== undefined && !seesTwice) refuse(option, 'contrastive or reconstruction');
  }
  if (values.temperature !== undefined && !names.includes('contrastive'))
    refuse('temperature', 'contrastive');
  if (new Set(names).size < names.length) {
    throw new InputError(`--objectives ${values.objectives} names one twice.`, 'Name each once.');
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
  return all.map(({ name, ...weight }): ObjectiveSettings => {
    switch (name) {
      case 'next-item':
        return { name, ...weight };
      case 'contrastive':
        return { name, views, pooling, temperature, ...viewLength, ...weight };
      case 'reconstruction':
        return { name, views, pooling, ...viewLength, ...weight };
    }
  });
}
