import type * as tf from '@tensorflow/tfjs';
import type { Matrix } from '../base/matrix';
import type { Rng } from '../base/random';
import {
  bert4Rec,
  bert4RecDefaults,
  bert4RecSettings,
  initBert4Rec,
  type Bert4RecConfig,
  type Bert4RecParams,
} from '../encoders/bert4rec';
import {
  caser,
  caserDefaults,
  caserSettings,
  initCaser,
  type CaserConfig,
  type CaserParams,
} from '../encoders/caser';
import {
  average,
  averageDefaults,
  averageSettings,
  initAverage,
  type AverageConfig,
  type AverageParams,
} from '../encoders/average';
import {
  bidirectional,
  bidirectionalDefaults,
  bidirectionalSettings,
  initBidirectional,
  type BidirectionalConfig,
  type BidirectionalParams,
} from '../encoders/bidirectional';
import {
  bertLstm,
  bertLstmDefaults,
  bertLstmSettings,
  initBertLstm,
  type BertLstmConfig,
  type BertLstmParams,
} from '../encoders/bert-lstm';
import {
  encoderDecoder,
  encoderDecoderDefaults,
  encoderDecoderSettings,
  initEncoderDecoder,
  type EncoderDecoderConfig,
  type EncoderDecoderParams,
} from '../encoders/encoder-decoder';
import {
  initSlices,
  slices,
  slicesDefaults,
  slicesSettings,
  type SlicesConfig,
  type SlicesParams,
} from '../encoders/slices';
import {
  svae,
  svaeDefaults,
  svaeSettings,
  initSvae,
  type SvaeConfig,
  type SvaeParams,
} from '../encoders/svae';
import type { Encoded, EncoderBatch, EncoderConfig, EncoderParams } from '../encoders/encoder';
import { gpt, gptDefaults, gptSettings, initGpt, type GptConfig, type GptParams } from '../encoders/gpt';
import { gru, gruDefaults, gruSettings, initGru, type GruConfig, type GruParams } from '../encoders/gru';
import {
  initLstm,
  lstm,
  lstmDefaults,
  lstmSettings,
  type LstmConfig,
  type LstmParams,
} from '../encoders/lstm';
import {
  initLstmMean,
  lstmMean,
  lstmMeanDefaults,
  lstmMeanSettings,
  type LstmMeanConfig,
  type LstmMeanParams,
} from '../encoders/lstm-mean';
import { maskIndexOf } from '../encoders/mask-token';
import { initRnn, rnn, rnnDefaults, rnnSettings, type RnnConfig, type RnnParams } from '../encoders/rnn';
import {
  initSasRec,
  sasRec,
  sasRecDefaults,
  sasRecSettings,
  type SasRecConfig,
  type SasRecParams,
} from '../encoders/sasrec';
import type { EncoderSize, SettingsOf } from '../encoders/settings';
import {
  initSocialFusion,
  socialFusion,
  socialFusionDefaults,
  socialFusionSettings,
  type SocialFusionConfig,
  type SocialFusionParams,
} from '../encoders/social-fusion';
import {
  initUniSRec,
  uniSRec,
  uniSRecDefaults,
  uniSRecItems,
  uniSRecSettings,
  type UniSRecConfig,
  type UniSRecParams,
} from '../encoders/unisrec';
import {
  graphConvolution,
  graphConvolutionDefaults,
  graphConvolutionSettings,
  initGraphConvolution,
  type GraphConvolutionConfig,
  type GraphConvolutionParams,
} from '../encoders/graph-convolution';
import {
  initSrGnn,
  srGnn,
  srGnnDefaults,
  srGnnSettings,
  type SrGnnConfig,
  type SrGnnParams,
} from '../encoders/sr-gnn';
import type { Mode } from '../nn/mode';
import type { WorkKind } from './measure-step';

/** Configuration of each encoder that a run can name. */
export interface EncoderConfigs {
  readonly rnn: RnnConfig;
  readonly lstm: LstmConfig;
  readonly gru: GruConfig;
  readonly sasrec: SasRecConfig;
  readonly caser: CaserConfig;
  readonly bert4rec: Bert4RecConfig;
  readonly average: AverageConfig;
  readonly bidirectional: BidirectionalConfig;
  readonly 'bert-lstm': BertLstmConfig;
  readonly svae: SvaeConfig;
  readonly 'encoder-decoder': EncoderDecoderConfig;
  readonly unisrec: UniSRecConfig;
  readonly gpt: GptConfig;
  readonly slices: SlicesConfig;
  readonly 'sr-gnn': SrGnnConfig;
  readonly 'graph-convolution': GraphConvolutionConfig;
  readonly 'lstm-mean': LstmMeanConfig;
  readonly social: SocialFusionConfig;
}

/** Weights of each of them. */
export interface EncoderWeights {
  readonly rnn: RnnParams;
  readonly lstm: LstmParams;
  readonly gru: GruParams;
  readonly sasrec: SasRecParams;
  readonly caser: CaserParams;
  readonly bert4rec: Bert4RecParams;
  readonly average: AverageParams;
  readonly bidirectional: BidirectionalParams;
  readonly 'bert-lstm': BertLstmParams;
  readonly svae: SvaeParams;
  readonly 'encoder-decoder': EncoderDecoderParams;
  readonly unisrec: UniSRecParams;
  readonly gpt: GptParams;
  readonly slices: SlicesParams;
  readonly 'sr-gnn': SrGnnParams;
  readonly 'graph-convolution': GraphConvolutionParams;
  readonly 'lstm-mean': LstmMeanParams;
  readonly social: SocialFusionParams;
}

/** Name of an encoder of the catalogue. */
export type EncoderName = keyof EncoderConfigs;

/** What may be chosen of an encoder: its configuration without the sizes that follow from data and length. */
export type EncoderSettings<Name extends EncoderName = EncoderName> = Name extends EncoderName
  ? Partial<Omit<EncoderConfigs[Name], EncoderSize>>
  : never;

/** What a run needs to know of an encoder: how to start it and how to use it. */
export interface CatalogueEntry<
  Config extends EncoderConfig = EncoderConfig,
  Params extends EncoderParams = EncoderParams,
> {
  readonly defaults: Omit<Config, EncoderSize>;
  readonly settings: SettingsOf<Config>;
  /** Its weights depend on the longest sequence: it is told `maxLength`. */
  readonly hasMaxLength: boolean;
  /**
   * For an encoder that reads in both directions: the index that stands where an item is hidden. It is trained by hidden items, and
   * asked for the next one by a hidden item behind the last. Absent for a causal encoder, which learns the next item of each event.
   */
  maskIndex?(this: void, config: Config): number;
  /**
   * It reads a whole history and answers once: `hidden_BTD` holds the vector that the next item is scored by at a row's last event,
   * and states of events that already know the later ones at the places before. It learns from beginnings of windows, one target
   * a row. No `maskIndex` beside it.
   */
  readonly answersOnce?: true;
  /** It gives `kl_BT`, to be added to the loss with a weight of `klWeight`. */
  readonly isVariational?: true;
  /** It reads items by vectors of their texts: `init` is given them, `[V, E]`, and E is its `textWidth`. */
  readonly readsTexts?: true;
  /** What items are scored by, `[V, D]`, where that is not `params.itemEmbedding`; has a gradient. See `itemVectorsOf`. */
  itemVectors?(this: void, params: Params): tf.Tensor2D;
  /** It reads more of each event than its item: it is told the sizes of the `channels`. */
  readonly readsChannels?: true;
  /** It reads what the friends of a row's user did: `perUser.friendItems_BFK`, unless its config says otherwise. */
  readsFriends?(this: void, config: Config): boolean;
  /** The vector after an event is the same in whatever order the events came. */
  readonly isOrderless?: true;
  /** Which calibration of threads holds for it. */
  readonly kind: WorkKind;
  init(this: void, config: Config, rng: Rng, itemTexts?: Matrix): Params;
  encode(this: void, params: Params, batch: EncoderBatch, config: Config, mode: Mode): Encoded;
}

/** All encoders that a run can name, by the name it uses. */
export const encoderCatalogue: {
  readonly [name in EncoderName]: CatalogueEntry<EncoderConfigs[name], EncoderWeights[name]>;
} = {
  rnn: {
    defaults: rnnDefaults,
    settings: rnnSettings,
    hasMaxLength: false,
    kind: 'recurrent',
    init: initRnn,
    encode: rnn,
  },
  lstm: {
    defaults: lstmDefaults,
    settings: lstmSettings,
    hasMaxLength: false,
    kind: 'recurrent',
    init: initLstm,
    encode: lstm,
  },
  gru: {
    defaults: gruDefaults,
    settings: gruSettings,
    hasMaxLength: false,
    kind: 'recurrent',
    init: initGru,
    encode: gru,
  },
  sasrec: {
    defaults: sasRecDefaults,
    settings: sasRecSettings,
    hasMaxLength: true,
    kind: 'attention',
    init: initSasRec,
    encode: sasRec,
  },
  caser: {
    defaults: caserDefaults,
    settings: caserSettings,
    hasMaxLength: false,
    kind: 'attention',
    init: initCaser,
    encode: caser,
  },
  bert4rec: {
    defaults: bert4RecDefaults,
    settings: bert4RecSettings,
    hasMaxLength: true,
    maskIndex: maskIndexOf,
    kind: 'attention',
    init: initBert4Rec,
    encode: bert4Rec,
  },
  average: {
    defaults: averageDefaults,
    settings: averageSettings,
    hasMaxLength: false,
    isOrderless: true,
    kind: 'attention',
    init: initAverage,
    encode: average,
  },
  bidirectional: {
    defaults: bidirectionalDefaults,
    settings: bidirectionalSettings,
    hasMaxLength: false,
    maskIndex: maskIndexOf,
    kind: 'recurrent',
    init: initBidirectional,
    encode: bidirectional,
  },
  'bert-lstm': {
    defaults: bertLstmDefaults,
    settings: bertLstmSettings,
    hasMaxLength: true,
    maskIndex: maskIndexOf,
    kind: 'attention',
    init: initBertLstm,
    encode: bertLstm,
  },
  svae: {
    defaults: svaeDefaults,
    settings: svaeSettings,
    hasMaxLength: false,
    isVariational: true,
    kind: 'recurrent',
    init: initSvae,
    encode: svae,
  },
  'encoder-decoder': {
    defaults: encoderDecoderDefaults,
    settings: encoderDecoderSettings,
    hasMaxLength: true,
    kind: 'attention',
    init: initEncoderDecoder,
    encode: encoderDecoder,
  },
  unisrec: {
    defaults: uniSRecDefaults,
    settings: uniSRecSettings,
    hasMaxLength: true,
    readsTexts: true,
    itemVectors: uniSRecItems,
    kind: 'attention',
    init: initUniSRec,
    encode: uniSRec,
  },
  gpt: {
    defaults: gptDefaults,
    settings: gptSettings,
    hasMaxLength: true,
    readsChannels: true,
    kind: 'attention',
    init: initGpt,
    encode: gpt,
  },
  slices: {
    defaults: slicesDefaults,
    settings: slicesSettings,
    hasMaxLength: false,
    kind: 'attention',
    init: initSlices,
    encode: slices,
  },
  'sr-gnn': {
    defaults: srGnnDefaults,
    settings: srGnnSettings,
    hasMaxLength: false,
    answersOnce: true,
    kind: 'attention',
    init: initSrGnn,
    encode: srGnn,
  },
  'graph-convolution': {
    defaults: graphConvolutionDefaults,
    settings: graphConvolutionSettings,
    hasMaxLength: false,
    answersOnce: true,
    kind: 'attention',
    init: initGraphConvolution,
    encode: graphConvolution,
  },
  'lstm-mean': {
    defaults: lstmMeanDefaults,
    settings: lstmMeanSettings,
    hasMaxLength: false,
    kind: 'recurrent',
    init: initLstmMean,
    encode: lstmMean,
  },
  social: {
    defaults: socialFusionDefaults,
    settings: socialFusionSettings,
    hasMaxLength: false,
    answersOnce: true,
    isOrderless: true,
    readsFriends: ({ fusion }) => fusion !== 'behavior',
    kind: 'attention',
    init: initSocialFusion,
    encode: socialFusion,
  },
};

/** The entry of an encoder, for those who do not know which one it is. */
export const encoderOf = (name: EncoderName): CatalogueEntry => encoderCatalogue[name];

/** Narrow a text to the name of an encoder. */
export const isEncoderName = (name: string): name is EncoderName => Object.hasOwn(encoderCatalogue, name);
