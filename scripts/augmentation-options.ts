import { InputError } from 'behavior-lab/base/errors';
import { augmentationNames, type Augmentation } from 'behavior-lab/preprocessing/augmentation/augment-batch';
import { oneOf, realNumber } from './command-line';

/** Usual settings: our choice, not tuned. */
const presets = { share: 0.2, chance: 0.5 };

/** How a command names the augmentation of windows. */
export const augmentationUsage = `  --augment NAME     next items: ${augmentationNames.join(' | ')}: events of a window are left out, a stretch of it is shuffled,
                     or items that are read become similar ones (default none)
  --augment-share X  of the window's events, how many (default ${presets.share})
  --augment-chance X of the windows, how many (default ${presets.chance})
`;

/** The options of `augmentationUsage`, for `parseArgs`. */
export const augmentationOptions = {
  augment: { type: 'string' },
  'augment-share': { type: 'string' },
  'augment-chance': { type: 'string' },
} as const;

type AugmentationValues = { readonly [name in keyof typeof augmentationOptions]?: string | undefined };

/**
 * Read an augmentation from arguments; undefined for none.
 *
 * @param learnsNextItems whether windows are learned from at all
 * @param readsChannels whether the model reads channels of events, which do not go with it
 * @throws InputError naming the argument that is off
 */
export function readAugmentationOptions(
  values: AugmentationValues,
  { learnsNextItems, readsChannels }: { readonly learnsNextItems: boolean; readonly readsChannels: boolean },
): Augmentation | undefined {
  if (values.augment === undefined) {
    for (const name of ['augment-share', 'augment-chance'] as const) {
      if (values[name] === undefined) continue;
      throw new InputError(
        `--${name} means nothing without --augment.`,
        'Say what is changed: --augment drop.',
      );
    }
    return undefined;
  }
  if (!learnsNextItems) {
    throw new InputError('--augment changes windows, and no next items are learned.', 'Leave it out.');
  }
  if (readsChannels) {
    throw new InputError(
      '--augment does not go with --channels: they belong to events as they were.',
      'Leave out one of the two.',
    );
  }
  return {
    name: oneOf('--augment', values.augment, augmentationNames),
    share: shareOf('--augment-share', values['augment-share'], presets.share),
    chance: shareOf('--augment-chance', values['augment-chance'], presets.chance),
  };
}

function shareOf(name: string, text: string | undefined, preset: number): number {
  const share = realNumber(name, text, preset);
  if (share > 1) throw new InputError(`${name} is '${text}'.`, 'It must be a number from 0 to 1.');
  return share;
}
