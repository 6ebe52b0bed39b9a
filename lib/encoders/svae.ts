import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { dropout } from '../nn/dropout';
import { embedding } from '../nn/embedding';
import { gaussianKl } from '../nn/gaussian-kl';
import { gruLayer, initGruLayer, type GruLayerParams } from '../nn/gru';
import { initLinear, linear, type LinearParams } from '../nn/linear';
import type { Mode } from '../nn/mode';
import { standardNormal } from '../nn/standard-normal';
import type { Encoded, EncoderBatch, EncoderConfig, EncoderParams } from './encoder';
import { initItemTable } from './item-table';
import { checkConfig, commonSettings, type SettingsOf } from './settings';

/** What a sequential variational autoencoder is made of. Dropout follows the embedding. */
export interface SvaeConfig extends EncoderConfig {
  /** Z: numbers of the latent variable. */
  readonly latentWidth: number;
}

/** Usual settings: the width of the other recurrent encoders, and half of it for the latent variable; not tuned. */
export const svaeDefaults = Object.freeze({ width: 128, latentWidth: 64, dropoutRate: 0.3 });

/** What each setting of a sequential variational autoencoder may be. */
export const svaeSettings: SettingsOf<SvaeConfig> = {
  ...commonSettings,
  latentWidth: { option: 'latent', kind: 'whole number', from: 1, meaning: 'numbers of the latent variable' },
};

/** Weights of a sequential variational autoencoder. D = `width`, Z = `latentWidth`. */
export interface SvaeParams extends EncoderParams {
  readonly reader: GruLayerParams;
  readonly mean: LinearParams; // kernel [D, Z], bias [Z]
  readonly logVariance: LinearParams; // kernel [D, Z], bias [Z]
  readonly decode: LinearParams; // kernel [Z, D], bias [D]
  readonly output: LinearParams; // kernel [D, D], bias [D]
}

/**
 * Draw the weights of a sequential variational autoencoder.
 *
 * @throws RangeError when a setting is out of range
 */
export function initSvae(config: SvaeConfig, rng: Rng): SvaeParams {
  checkConfig('initSvae', config, svaeSettings);
  const { numItems, width, latentWidth } = config;
  return {
    itemEmbedding: initItemTable(numItems, width, rng),
    reader: initGruLayer(width, width, rng.child('reader')),
    mean: initLinear(width, latentWidth, rng.child('mean')),
    logVariance: initLinear(width, latentWidth, rng.child('log-variance')),
    decode: initLinear(latentWidth, width, rng.child('decode')),
    output: initLinear(width, width, rng.child('output')),
  };
}

/**
 * Encode a sequence of items by a variational autoencoder: after each event, a normal distribution of what the user is like, a
 * draw from it, and what is decoded from the draw.
 *
 * While training z = mean + sigma * epsilon is drawn anew in every step (the reparameterisation, through which the gradient goes);
 * otherwise z is the mean. Causal: the vector after event t depends on events 0..t. Padding on the right changes nothing before it.
 *
 * @returns `hidden_BTD`, one vector after each event, and `kl_BT`: how far each distribution is from the standard normal one, to
 *   be added to the loss of the next item with a weight that grows (annealing)
 * @source Sachdeva, Manco, Ritacco & Pudi, "Sequential Variational Autoencoders for Collaborative Filtering", WSDM 2019, section 3;
 *   the reparameterisation: Kingma & Welling, "Auto-Encoding Variational Bayes", ICLR 2014, section 2.4.
 * @differs One linear layer to mean and variance, and tanh between the two of the decoder; output tied to the
 *   item vectors; the target is the next item and not the next k.
 */
export function svae(params: SvaeParams, batch: EncoderBatch, config: SvaeConfig, mode: Mode): Encoded {
  return tf.tidy(() => {
    const x_BTD = dropout(
      embedding(params.itemEmbedding, batch.items_BT) as tf.Tensor3D,
      config.dropoutRate,
      mode,
      0,
    );
    const state_BTD = gruLayer(params.reader, x_BTD);
    const mean_BTZ = linear(params.mean, state_BTD);
    const logVariance_BTZ = linear(params.logVariance, state_BTD);
    const z_BTZ = mode.training
      ? tf.add<tf.Tensor3D>(
          mean_BTZ,
          tf.mul(tf.exp(tf.div(logVariance_BTZ, 2)), standardNormal<tf.Rank.R3>(mean_BTZ.shape, mode.key, 1)),
        )
      : mean_BTZ;
    return {
      hidden_BTD: linear(params.output, tf.tanh(linear(params.decode, z_BTZ))),
      kl_BT: gaussianKl(mean_BTZ, logVariance_BTZ) as tf.Tensor2D,
    };
  });
}
