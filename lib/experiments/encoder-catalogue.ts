import type * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import {
  initLstm,
  lstm,
  lstmDefaults,
  type EncoderBatch,
  type LstmConfig,
  type LstmParams,
} from '../encoders/lstm';
import type { Mode } from '../nn/mode';
import type { WorkKind } from './measure-step';

/** What a run needs to know of an encoder: how to start it, how to use it, and where its item vectors are. */
export interface CatalogueEntry<Config, Params> {
  readonly defaults: Omit<Config, 'numItems'>;
  /** Which calibration of threads holds for it. */
  readonly kind: WorkKind;
  init(config: Config, rng: Rng): Params;
  encode(params: Params, batch: EncoderBatch, config: Config, mode: Mode): { hidden_BTD: tf.Tensor3D };
  itemEmbedding(params: Params): tf.Variable<tf.Rank.R2>;
}

/** All encoders that a run can name, by the name it uses. */
export const encoderCatalogue = {
  lstm: {
    defaults: lstmDefaults,
    kind: 'recurrent',
    init: initLstm,
    encode: lstm,
    itemEmbedding: (params) => params.itemEmbedding,
  } satisfies CatalogueEntry<LstmConfig, LstmParams>,
} as const;

/** Name of an encoder of the catalogue. */
export type EncoderName = keyof typeof encoderCatalogue;

/** Narrow a text to the name of an encoder. */
export const isEncoderName = (name: string): name is EncoderName => Object.hasOwn(encoderCatalogue, name);
