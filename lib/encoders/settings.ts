import type { EncoderConfig } from './encoder';

/** What a setting of an encoder may be, and how it is named and explained where people type it. */
export type Setting = {
  /** Name on the command line, without the dashes: `layers`. */
  readonly option: string;
  readonly meaning: string;
} & (
  | { readonly kind: 'whole number'; readonly from: number }
  | { readonly kind: 'rate' } // 0 to below 1
  | { readonly kind: 'word'; readonly words: readonly string[] }
);

/**
 * Settings that follow from the data, the texts of items and the model's length, and are not chosen: whole numbers from 1, and for
 * `channels` how many numbers each channel has, by its name.
 */
export type EncoderSize = 'numItems' | 'maxLength' | 'textWidth' | 'channels';

/** One description for each setting of a configuration. */
export type SettingsOf<Config extends EncoderConfig> = {
  readonly [name in Exclude<keyof Config, EncoderSize>]-?: Setting;
};

/** The settings that every encoder has. */
export const commonSettings = {
  width: {
    option: 'width',
    kind: 'whole number',
    from: 1,
    meaning: "numbers in an item's vector and in the state",
  },
  dropoutRate: {
    option: 'dropout',
    kind: 'rate',
    meaning: 'share of numbers silenced while training, 0 to below 1',
  },
} as const satisfies Record<string, Setting>;

/**
 * Refuse a configuration with a setting that is missing, out of range, or none of this encoder's.
 *
 * @param by    who asks, for the message
 * @param sizes which sizes the encoder needs beside its settings
 * @throws RangeError naming the setting
 */
export function checkConfig<Config extends EncoderConfig>(
  by: string,
  config: Config,
  settings: SettingsOf<Config>,
  sizes: readonly EncoderSize[] = ['numItems'],
): void {
  const known: Readonly<Record<string, Setting>> = settings;
  for (const name of Object.keys(config)) {
    if (Object.hasOwn(known, name) || (sizes as readonly string[]).includes(name)) continue;
    throw new RangeError(
      `${by}: there is no setting ${name}; there are ${[...sizes, ...Object.keys(known)].join(', ')}`,
    );
  }
  const values = config as Readonly<Record<string, unknown>>;
  for (const name of sizes) {
    if (name !== 'channels') checkWholeNumber(by, name, values[name], 1);
    else {
      for (const [channel, size] of Object.entries((values[name] ?? {}) as Record<string, unknown>)) {
        checkWholeNumber(by, `the size of channel ${channel}`, size, 2);
      }
    }
  }
  for (const [name, setting] of Object.entries(known)) checkSetting(by, name, values[name], setting);
}

function checkSetting(by: string, name: string, value: unknown, setting: Setting): void {
  switch (setting.kind) {
    case 'whole number':
      return checkWholeNumber(by, name, value, setting.from);
    case 'rate':
      if (typeof value === 'number' && value >= 0 && value < 1) return;
      throw new RangeError(`${by}: ${name} must be from 0 to below 1, got ${String(value)}`);
    case 'word':
      if (typeof value === 'string' && setting.words.includes(value)) return;
      throw new RangeError(`${by}: ${name} must be one of ${setting.words.join(', ')}, got ${String(value)}`);
  }
}

function checkWholeNumber(by: string, name: string, value: unknown, from: number): void {
  if (Number.isInteger(value) && (value as number) >= from) return;
  throw new RangeError(`${by}: ${name} must be a whole number from ${from}, got ${String(value)}`);
}
