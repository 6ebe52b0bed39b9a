import { describe, expect, it } from 'vitest';
import { encoderCatalogue, encoderOf, type EncoderName } from '../../lib/experiments/encoder-catalogue';
import { encoderOptions, encoderUsage, readEncoderOptions } from '../../scripts/encoder-options';

const names = Object.keys(encoderCatalogue) as EncoderName[];

describe('the options of encoders', () => {
  it('are those of the settings in the catalogue, each explained', () => {
    const options = names.flatMap((name) =>
      Object.values(encoderOf(name).settings).map(({ option }) => option),
    );
    expect(['encoder', ...new Set(options)].sort()).toEqual(Object.keys(encoderOptions).sort());
    for (const option of options) expect(encoderUsage).toContain(`--${option} `);
  });

  it('are the defaults where nothing is said', () => {
    expect(readEncoderOptions({})).toEqual({ encoder: 'lstm', config: encoderCatalogue.lstm.defaults });
    for (const encoder of names) {
      expect(readEncoderOptions({ encoder })).toEqual({ encoder, config: encoderOf(encoder).defaults });
    }
  });

  it('change what they name', () => {
    const { config } = readEncoderOptions({
      encoder: 'sasrec',
      heads: '4',
      dropout: '.1',
      positions: 'relative',
    });
    expect(config).toEqual({
      ...encoderCatalogue.sasrec.defaults,
      numHeads: 4,
      dropoutRate: 0.1,
      positions: 'relative',
    });
  });

  it.each([
    [
      { encoder: 'mamba' },
      "there is no encoder 'mamba'. Choose one of rnn, lstm, gru, sasrec, caser, bert4rec",
    ],
    [{ heads: '2' }, '--heads is no setting of lstm. It takes --width, --dropout, --layers.'],
    [{ encoder: 'sasrec', layers: '2' }, '--layers is no setting of sasrec'],
    [{ encoder: 'sasrec', heads: 'two' }, "--heads is 'two'"],
    [{ encoder: 'sasrec', norm: 'none' }, 'Choose one of pre, post'],
    [{ encoder: 'rnn', dropout: '1' }, "--dropout is '1'"],
  ])('are refused where they make no sense: %j', (values, message) => {
    expect(() => readEncoderOptions(values)).toThrow(message);
  });
});
