import { InputError } from 'behavior-lab/base/errors';
import { profileFusions } from 'behavior-lab/encoders/profile-fusion';
import {
  encoderCatalogue,
  encoderOf,
  type EncoderName,
  type EncoderSettings,
} from 'behavior-lab/experiments/encoder-catalogue';
import type { ExperimentSettings, SideSettings } from 'behavior-lab/experiments/run-experiment';
import { friendDefaults } from 'behavior-lab/preprocessing/side/friends';
import { itemFeatureNames, type FriendRules } from 'behavior-lab/preprocessing/side/side-columns';
import { channelNames } from 'behavior-lab/preprocessing/side/side-information';
import { oneOf, realNumber, wholeNumber } from './command-line';

/** Encoders that read more of an event than its item. */
const readers = (Object.keys(encoderCatalogue) as EncoderName[]).filter(
  (name) => encoderOf(name).readsChannels,
);

/** Encoders that read items by what is written about them. */
const textReaders = (Object.keys(encoderCatalogue) as EncoderName[]).filter(
  (name) => encoderOf(name).readsTexts,
);

/** Encoders that read what friends do. */
const friendReaders = (Object.keys(encoderCatalogue) as EncoderName[]).filter(
  (name) => encoderOf(name).readsFriends,
);

/** How a command names what a model knows beside items. */
export const sideUsage = `  --channels LIST    ${readers.join(', ')}: what is read of each event beside its item, ${channelNames.join(' | ')} (default nothing)
  --next-channels L  channels whose value of the next event is learned beside the next item, each with a weight behind a colon
                     or not: behavior,gap:0.2
  --item-texts MODEL ${textReaders.join(', ')}: the text encoder that reads titles and categories, the folder of a BERT or
                     all-minilm-l6-v2 (npm run data -- all-minilm-l6-v2)
  --item-features L  added to the vectors of items, of any encoder: ${itemFeatureNames.join(' | ')}
  --profile LIST     fields of the users' profiles, fused into the states of any encoder: age,gender
  --friends-read N   ${friendReaders.join(', ')}: friends of --friends whose items are read, at most (default ${friendDefaults.numFriends})
  --items-a-friend N ${friendReaders.join(', ')}: of each the latest items, at most (default ${friendDefaults.itemsAFriend})
  --fusion WORD      ${profileFusions.join(' | ')}: how a profile is fused (default ${profileFusions[0]})
`;

/** The options of `sideUsage`, for `parseArgs`. */
export const sideOptions = {
  channels: { type: 'string' },
  'next-channels': { type: 'string' },
  'item-texts': { type: 'string' },
  'item-features': { type: 'string' },
  profile: { type: 'string' },
  fusion: { type: 'string' },
  items: { type: 'string' },
  users: { type: 'string' },
  friends: { type: 'string' },
  'friends-read': { type: 'string' },
  'items-a-friend': { type: 'string' },
} as const;

type SideValues = { readonly [name in keyof typeof sideOptions]?: string | undefined };

/** What the options say: of the model, and of its training. */
export interface SideChoice {
  readonly side?: SideSettings;
  readonly texts?: ExperimentSettings['texts'];
  readonly nextChannels?: Readonly<Record<string, number>>;
}

/** Read what a model shall know beside items. @throws InputError naming the option that is off, or goes with another */
export function readSideOptions(
  values: SideValues,
  encoder: EncoderName,
  config: EncoderSettings = {},
): SideChoice {
  if (values.channels !== undefined && !readers.includes(encoder)) {
    throw new InputError(
      `--channels means nothing for ${encoder}, which reads items only.`,
      `It goes with --encoder ${readers.join(' or ')}.`,
    );
  }
  const texts = readItemTexts(values['item-texts'], encoder);
  const channels = listOf('--channels', values.channels, channelNames);
  const itemFeatures = listOf('--item-features', values['item-features'], itemFeatureNames);
  const profile = listOf('--profile', values.profile);
  if (values.fusion !== undefined && !profile) {
    throw new InputError('--fusion needs a profile.', 'Add --profile FIELDS.');
  }
  if (values.items !== undefined && !texts && !itemFeatures && !channels?.includes('category')) {
    throw new InputError(
      'nothing reads what --items says.',
      'Add --item-features, --channels category, or --item-texts with an encoder that reads texts; or leave --items out.',
    );
  }
  if (values.users !== undefined && !profile)
    throw new InputError('nothing reads what --users says.', 'Add --profile FIELDS, or leave --users out.');
  const nextChannels = readNextChannels(values['next-channels'], channels ?? []);
  const friends = readFriendOptions(values, encoder, config);
  const side: SideSettings = {
    ...(friends && { friends }),
    ...(channels && { channels }),
    ...(profile && { profile }),
    ...(itemFeatures && { itemFeatures }),
    ...(values.fusion !== undefined && { profileFusion: oneOf('--fusion', values.fusion, profileFusions) }),
  };
  return {
    ...(Object.keys(side).length > 0 && { side }),
    ...(texts && { texts }),
    ...(nextChannels && { nextChannels }),
  };
}

function readFriendOptions(
  values: SideValues,
  encoder: EncoderName,
  config: EncoderSettings,
): FriendRules | undefined {
  const entry = encoderOf(encoder);
  const reads = entry.readsFriends?.({ ...entry.defaults, ...config, numItems: 0 }) ?? false;
  for (const name of ['friends', 'friends-read', 'items-a-friend'] as const) {
    if (values[name] === undefined || reads) continue;
    throw new InputError(
      `--${name} means nothing for ${encoder}${entry.readsFriends ? ' with behaviour alone' : ''}, which reads nothing of friends.`,
      `It goes with --encoder ${friendReaders.join(' or ')} and a fusion that reads friends.`,
    );
  }
  if (!reads) return undefined;
  if (values.friends === undefined)
    throw new InputError(
      `${encoder} reads what friends do, and --friends is missing.`,
      'Add --friends FILE.',
    );
  return {
    numFriends: wholeNumber('--friends-read', values['friends-read'], friendDefaults.numFriends),
    itemsAFriend: wholeNumber('--items-a-friend', values['items-a-friend'], friendDefaults.itemsAFriend),
  };
}

function readItemTexts(model: string | undefined, encoder: EncoderName): ExperimentSettings['texts'] {
  const isReader = textReaders.includes(encoder);
  if (model === undefined) {
    if (!isReader) return undefined;
    throw new InputError(
      `${encoder} reads items by their texts, and --item-texts is missing.`,
      'Add --item-texts all-minilm-l6-v2 (npm run data -- all-minilm-l6-v2), or the folder of a BERT.',
    );
  }
  if (isReader) return { model };
  throw new InputError(
    `--item-texts means nothing for ${encoder}, which reads no texts.`,
    `It goes with --encoder ${textReaders.join(' or ')}.`,
  );
}

function readNextChannels(
  text: string | undefined,
  channels: readonly string[],
): Record<string, number> | undefined {
  if (text === undefined) return undefined;
  const all = text.split(',').map((part) => part.trim().split(':') as [string, string?]);
  listOf('--next-channels', all.map(([name]) => name).join(','));
  return Object.fromEntries(
    all.map(([name, weight]) => {
      if (!channels.includes(name) || name === 'query') {
        throw new InputError(
          `--next-channels names '${name}', which ${name === 'query' ? 'is a text' : 'is not read'}.`,
          name === 'query'
            ? 'Texts are not predicted: leave it out.'
            : `Add it to --channels, or leave it out.`,
        );
      }
      return [name, realNumber('--next-channels', weight, 1, { positive: true })];
    }),
  );
}

function listOf<Name extends string>(
  option: string,
  text: string | undefined,
  known?: readonly Name[],
): Name[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  if (new Set(names).size < names.length || names.includes('')) {
    throw new InputError(`${option} is '${text}'.`, 'Name each once, separated by commas.');
  }
  return names.map((name) => (known ? oneOf(option, name, known) : (name as Name)));
}
