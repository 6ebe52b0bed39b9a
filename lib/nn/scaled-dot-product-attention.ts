import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../base/shape';
import { attentionMask, type Visibility } from './attention-mask';
import { dropout } from './dropout';
import type { Mode } from './mode';

/** How the heads of an attention layer look around. */
export interface HeadsOptions extends Visibility {
  /** H: heads, each with a width K = D/H of its own. Must divide D. */
  readonly numHeads: number;
  /** `[H, T, T]`, added to the scores of each head; see `relativePositionBias`. Gets its gradient. */
  readonly bias_HTT?: tf.Tensor3D;
  /** Share of the weights silenced while training, 0 to below 1. Default 0. */
  readonly dropoutRate?: number;
  /** The dropout's own number, 0 to 65535; head h takes `site + 65536 h`. Default 0. */
  readonly site?: number;
}

/**
 * Let every event gather a weighted average of the values of those it may see; it weighs most what its query matches.
 *
 * The gradient is written out. The heads are worked through one after another: [B, T, T] at a time, which needs no
 * transposition, no broadcast of the mask, and stays in memory that the allocator has at hand.
 *
 * @param queryKeyValue `[B, T, 3D]`: queries, keys and values side by side, the heads side by side in each
 * @returns `[B, T, D]`, the heads side by side
 * @throws RangeError when `numHeads` does not divide D, or `isReal_BT` or `bias_HTT` has another shape
 * @source Vaswani et al., "Attention Is All You Need", NeurIPS 2017, section 3.2.1, eq. 1. The row sums of the softmax's
 *   gradient from the outputs instead of the weights: Dao et al., "FlashAttention", NeurIPS 2022, appendix B.2.
 */
export function scaledDotProductAttention(
  queryKeyValue: tf.Tensor3D,
  options: HeadsOptions,
  mode: Mode,
): tf.Tensor3D {
  const { H, T, scale } = headsOf(queryKeyValue, options);
  const { bias_HTT, dropoutRate = 0, site = 0 } = options;

  const run = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as (tensors: tf.Tensor[]) => void;
    const parts = tf.split<tf.Tensor3D>(args[0] as tf.Tensor3D, 3 * H, 2);
    const biases_TT = bias_HTT ? tf.unstack(args[1] as tf.Tensor) : [];
    const mask = attentionMask(T, options);

    // Of each head: query, key, value, weights, weights after dropout, output.
    const heads = Array.from({ length: H }, (_, h) =>
      tf.tidy(() => {
        const [key, value] = [parts[H + h]!, parts[2 * H + h]!];
        const query = tf.mul(parts[h]!, scale);
        const weights = tf.softmax(addAll(tf.matMul(query, key, false, true), mask, biases_TT[h]));
        const kept = dropout(weights, dropoutRate, mode, siteOfHead(site, h));
        return [query, key, value, weights, kept, tf.matMul(kept, value)];
      }),
    );
    save(heads.flat());

    const gradFunc = (upstream: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const grads = tf.split(upstream, H, 2).map((upstream_BTK, h) =>
        headGradient(upstream_BTK as tf.Tensor3D, saved.slice(6 * h, 6 * (h + 1)) as tf.Tensor3D[], {
          scale,
          dropped: mode.training && dropoutRate > 0,
          withBias: bias_HTT !== undefined,
        }),
      );
      const gradsOf = (part: number): tf.Tensor[] => grads.map((head) => head[part]!);
      const sideBySide = tf.concat([...gradsOf(0), ...gradsOf(1), ...gradsOf(2)], 2);
      return bias_HTT ? [sideBySide, tf.stack(gradsOf(3))] : [sideBySide];
    };
    const outputs = heads.map((head) => head[5]!);
    return { value: tf.concat(outputs, 2), gradFunc };
  });
  return tf.tidy(() => run(...(bias_HTT ? [queryKeyValue, bias_HTT] : [queryKeyValue])) as tf.Tensor3D);
}

/** Gradients of one head by its query, key and value, `[B, T, K]` each, and by its bias, `[T, T]`. */
function headGradient(
  upstream_BTK: tf.Tensor3D,
  [query, key, value, weights, kept, gathered]: tf.Tensor3D[],
  { scale, dropped, withBias }: { scale: number; dropped: boolean; withBias: boolean },
): tf.Tensor[] {
  return tf.tidy(() => {
    const keptGrad_BTT = tf.matMul(upstream_BTK, value!, false, true);
    const rowSum_BT1 = tf.sum(tf.mul(upstream_BTK, gathered!), 2, true);
    const scoresGrad_BTT = dropped
      ? tf.sub(tf.mul(kept!, keptGrad_BTT), tf.mul(weights!, rowSum_BT1))
      : tf.mul(weights!, tf.sub(keptGrad_BTT, rowSum_BT1));
    return [
      tf.mul(tf.matMul(scoresGrad_BTT, key!), scale),
      tf.matMul(scoresGrad_BTT, query!, true),
      tf.matMul(kept!, upstream_BTK, true),
      ...(withBias ? [tf.sum(scoresGrad_BTT, 0)] : []),
    ];
  });
}

/** `scaledDotProductAttention` for all heads at once by tfjs's own functions and autograd: the reference in tests. */
export function scaledDotProductAttentionPlain(
  queryKeyValue: tf.Tensor3D,
  options: HeadsOptions,
  mode: Mode,
): tf.Tensor3D {
  const { B, T, D, H } = headsOf(queryKeyValue, options);
  const { dropoutRate = 0, site = 0 } = options;
  return tf.tidy(() => {
    const [, , value_BHTK] = splitHeads(queryKeyValue, H);
    const weights_BHTT = attentionWeightsOf(queryKeyValue, options);
    const masks_BTT = Array.from({ length: H }, (_, h) =>
      dropout(tf.ones([B, T, T]), dropoutRate, mode, siteOfHead(site, h)),
    );
    const kept_BHTT = tf.mul(weights_BHTT, tf.stack(masks_BTT, 1));
    const gathered_BHTK = tf.matMul(kept_BHTT, value_BHTK);
    return tf.reshape(tf.transpose(gathered_BHTK, [0, 2, 1, 3]), [B, T, D]);
  });
}

/**
 * How much each event looks at each other one, before dropout: the weights that `scaledDotProductAttention` averages by.
 *
 * @param queryKeyValue `[B, T, 3D]`
 * @returns `[B, H, T, T]`, each row sums to 1
 * @throws RangeError as `scaledDotProductAttention`
 */
export function attentionWeightsOf(queryKeyValue: tf.Tensor3D, options: HeadsOptions): tf.Tensor4D {
  const { T, H, scale } = headsOf(queryKeyValue, options);
  return tf.tidy(() => {
    const [query_BHTK, key_BHTK] = splitHeads(queryKeyValue, H);
    const scores_BHTT = tf.mul<tf.Tensor4D>(tf.matMul(query_BHTK, key_BHTK, false, true), scale);
    const mask = attentionMask(T, options);
    return tf.softmax(
      addAll(scores_BHTT, mask?.rank === 3 ? tf.expandDims(mask, 1) : mask, options.bias_HTT),
    );
  });
}

function splitHeads(queryKeyValue: tf.Tensor3D, H: number): [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D] {
  const [B, T, width] = queryKeyValue.shape;
  const apart = tf.reshape<tf.Rank.R5>(queryKeyValue, [B, T, 3, H, width / (3 * H)]);
  return tf.unstack(tf.transpose(apart, [2, 0, 3, 1, 4])) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
}

/** Mask and bias first: together they are smaller than the scores, or as large once instead of twice. */
function addAll<X extends tf.Tensor>(scores: X, mask: tf.Tensor | null, bias: tf.Tensor | undefined): X {
  const extra = mask && bias ? tf.add(mask, bias) : (mask ?? bias);
  return extra ? tf.add<X>(scores, extra) : scores;
}

const siteOfHead = (site: number, head: number): number => site + 65536 * head;

interface Heads {
  readonly B: number;
  readonly T: number;
  readonly D: number;
  readonly H: number;
  readonly scale: number;
}

function headsOf(queryKeyValue: tf.Tensor3D, { numHeads: H, isReal_BT, bias_HTT }: HeadsOptions): Heads {
  const [B, T, width] = queryKeyValue.shape;
  const D = width / 3;
  if (!Number.isInteger(H) || H < 1 || !Number.isInteger(D / H)) {
    throw new RangeError(`attention: ${H} heads do not divide a width of ${D}`);
  }
  if (isReal_BT) expectShape('attention: isReal_BT', isReal_BT, [B, T]);
  if (bias_HTT) expectShape('attention: bias_HTT', bias_HTT, [H, T, T]);
  return { B, T, D, H, scale: 1 / Math.sqrt(D / H) };
}
