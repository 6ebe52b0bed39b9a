import { InputError } from 'behavior-lab/base/errors';
import type { Setting } from 'behavior-lab/encoders/settings';
import {
  encoderCatalogue,
  encoderOf,
  isEncoderName,
  type EncoderName,
  type EncoderSettings,
} from 'behavior-lab/experiments/encoder-catalogue';
import { oneOf, realNumber, wholeNumber } from './command-line';

const names = Object.keys(encoderCatalogue) as EncoderName[];

/** The options of all encoders, for `parseArgs`: those of the settings in the catalogue. */
export const encoderOptions = {
  encoder: { type: 'string' },
  width: { type: 'string' },
  'mean-width': { type: 'string' },
  layers: { type: 'string' },
  blocks: { type: 'string' },
  heads: { type: 'string' },
  'feed-forward': { type: 'string' },
  activation: { type: 'string' },
  norm: { type: 'string' },
  positions: { type: 'string' },
  'initial-vectors': { type: 'string' },
  window: { type: 'string' },
  horizontal: { type: 'string' },
  cell: { type: 'string' },
  latent: { type: 'string' },
  slices: { type: 'string' },
  'slice-length': { type: 'string' },
  vertical: { type: 'string' },
  places: { type: 'string' },
  segments: { type: 'string' },
  experts: { type: 'string' },
  ids: { type: 'string' },
  steps: { type: 'string' },
  edges: { type: 'string' },
  readout: { type: 'string' },
  'social-fusion': { type: 'string' },
  dropout: { type: 'string' },
  'attention-dropout': { type: 'string' },
} as const;

type EncoderValues = { readonly [name in keyof typeof encoderOptions]?: string | undefined };
type EncoderOption = Exclude<keyof EncoderValues, 'encoder'>;

/** One setting of one encoder with its default. */
interface OwnSetting {
  readonly encoder: EncoderName;
  readonly name: string;
  readonly setting: Setting;
  readonly preset: number | string;
}

const settingsOf = (encoder: EncoderName): OwnSetting[] => {
  const { settings, defaults } = encoderOf(encoder);
  const presets = defaults as unknown as Readonly<Record<string, number | string>>;
  return Object.entries<Setting>(settings).map(([name, setting]) => ({
    encoder,
    name,
    setting,
    preset: presets[name]!,
  }));
};

/** How a command names the encoder and its settings. */
export const encoderUsage = [
  `  --encoder NAME     ${names.join(' | ')} (default lstm)`,
  ...(Object.keys(encoderOptions) as (keyof EncoderValues)[]).flatMap((option) => {
    const own = names.flatMap(settingsOf).filter(({ setting }) => setting.option === option);
    return own.length === 0 ? [] : [usageOf(own)];
  }),
  '',
].join('\n');

/** `--heads N   heads of attention; divide the width (default: sasrec 2, bert4rec 2)` */
function usageOf(own: readonly OwnSetting[]): string {
  const { setting } = own[0]!;
  const value = { 'whole number': 'N', rate: 'P', word: 'WORD' }[setting.kind];
  const takers = own.map(({ encoder, preset, setting: its }) =>
    its.kind === 'word'
      ? `${encoder} ${its.words.map((word) => (word === preset ? `[${word}]` : word)).join(' ')}`
      : `${encoder} ${preset}`,
  );
  const marks = setting.kind === 'word' ? 'defaults in brackets' : 'defaults';
  return `  ${`--${setting.option} ${value}`.padEnd(18)} ${setting.meaning} (${marks}: ${takers.join(', ')})`;
}

/** Read the encoder and what differs from its defaults. @throws InputError naming the option that is off, or not taken */
export function readEncoderOptions(values: EncoderValues): {
  encoder: EncoderName;
  config: EncoderSettings;
} {
  const { encoder = 'lstm', ...given } = values;
  if (!isEncoderName(encoder)) {
    throw new InputError(`there is no encoder '${encoder}'.`, `Choose one of ${names.join(', ')}.`);
  }
  const own = settingsOf(encoder);
  for (const option of Object.keys(encoderOptions) as (keyof EncoderValues)[]) {
    if (option === 'encoder' || given[option] === undefined) continue;
    if (own.some(({ setting }) => setting.option === option)) continue;
    throw new InputError(
      `--${option} is no setting of ${encoder}.`,
      `It takes ${own.map(({ setting }) => `--${setting.option}`).join(', ')}.`,
    );
  }
  const config = own.map(({ name, setting, preset }) => {
    const text = given[setting.option as EncoderOption];
    return [name, text === undefined ? preset : valueOf(setting, text)] as const;
  });
  return { encoder, config: Object.fromEntries(config) };
}

function valueOf(setting: Setting, text: string): number | string {
  const option = `--${setting.option}`;
  switch (setting.kind) {
    case 'whole number':
      return wholeNumber(option, text, setting.from, setting.from);
    case 'rate':
      return realNumber(option, text, 0, { below: 1 });
    case 'word':
      return oneOf(option, text, setting.words);
  }
}
