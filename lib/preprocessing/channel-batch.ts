/**
 * One column of the events, in the order of `items`: names as whole numbers from 0 (behaviours, categories), or quantities (gaps,
 * prices).
 */
export type Channel =
  | { readonly kind: 'index'; readonly values: Int32Array | Uint8Array }
  | { readonly kind: 'number'; readonly values: Float32Array | Float64Array };

/** Which events each row of a batch holds: positions in the columns, `ends` excluded. */
export interface EventRanges {
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
}

/** The channels of a batch, B*T entries each. */
export type ChannelBatch<Channels extends Readonly<Record<string, Channel>>> = {
  readonly [name in keyof Channels]: Channels[name]['kind'] extends 'index' ? Int32Array : Float32Array;
};

/**
 * Put more channels of the events beside the items of a padded batch, place for place.
 *
 * Padded on the right like `padBatch`; of a longer range the last `length` events are kept. An index becomes index + 1, so that
 * 0 is padding and nothing else; a quantity is padded with 0.
 *
 * @param length T, at least 1
 * @throws RangeError when `length` is no whole number from 1, or a quantity is not finite: fill missing values first
 */
export function padChannels<const Channels extends Readonly<Record<string, Channel>>>(
  channels: Channels,
  { starts, ends }: EventRanges,
  length: number,
): ChannelBatch<Channels> {
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`padChannels: length must be a whole number from 1, got ${length}`);
  }
  const rows = starts.length;
  const padded = Object.entries(channels).map(([name, channel]) => {
    const { kind, values } = channel;
    const batch = kind === 'index' ? new Int32Array(rows * length) : new Float32Array(rows * length);
    const shift = kind === 'index' ? 1 : 0;
    for (let row = 0; row < rows; row++) {
      const first = Math.max(starts[row]!, ends[row]! - length);
      for (let event = first; event < ends[row]!; event++) {
        const value = values[event]!;
        if (!Number.isFinite(value)) {
          throw new RangeError(
            `padChannels: ${name} of event ${event} is ${value}; fill missing values first`,
          );
        }
        batch[row * length + event - first] = value + shift;
      }
    }
    return [name, batch];
  });
  return Object.fromEntries(padded) as ChannelBatch<Channels>;
}
