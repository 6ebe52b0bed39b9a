import * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';
import { embedding } from '../nn/embedding';
import { initLinear, linear, type LinearParams } from '../nn/linear';

/** The ways to bring a user's profile into the state. */
export const profileFusions = ['concat', 'gate'] as const;

/** `concat`: state and profile side by side, through a linear layer. `gate`: of each number a share of the one, the rest of the other. */
export type ProfileFusion = (typeof profileFusions)[number];

/** Weights of a fusion with the profile. D = width. */
export interface ProfileParams {
  /** One a field: `[codes, D]`; rows 0 and 1, padding and not known, start at zero. */
  readonly fields: Readonly<Record<string, tf.Variable<tf.Rank.R2>>>;
  readonly fusion: LinearParams; // kernel [2D, D], bias [D]
}

/**
 * Draw the weights of a fusion: vectors of the values of each field like those of items, and a linear layer.
 *
 * @param sizes how many codes each field has, padding and the unknown among them
 */
export function initProfileFusion(
  sizes: Readonly<Record<string, number>>,
  width: number,
  rng: Rng,
): ProfileParams {
  const fields = Object.entries(sizes).map(([field, size]) => {
    const draw = rng.child('field', field);
    const table = Float32Array.from({ length: size * width }, (_, place) =>
      place < 2 * width ? 0 : draw.normal() / Math.sqrt(width),
    );
    return [field, weight<tf.Rank.R2>(table, [size, width])] as const;
  });
  return {
    fields: Object.fromEntries(fields),
    fusion: initLinear(2 * width, width, rng.child('fusion')),
  };
}

/**
 * Bring what is known of the user into the state after each event: who asks changes what comes next.
 *
 * The profile is the sum of the vectors of its values. It is the same after every event, so an encoder that is causal stays so.
 *
 * @param profile `[B]` int32 by field, from 1
 * @returns `[B, T, D]`
 * @throws RangeError when a field is missing, or there is one that the weights do not have
 * @source `concat`: Covington, Adams & Sargin, "Deep Neural Networks for YouTube Recommendations", RecSys 2016, section 3.3
 *   (demographics beside what was watched). `gate`: Arevalo, Solorio, Montes-y-Gómez & González, "Gated Multimodal Units for Information
 *   Fusion", ICLR workshop 2017, section 3.1.
 * @differs `concat` is one linear layer, since the score of an item is a dot product that may be negative; `gate` takes state and
 *   profile as they are, without a tanh layer for each.
 */
export function fuseProfile(
  params: ProfileParams,
  hidden_BTD: tf.Tensor3D,
  profile: Readonly<Record<string, tf.Tensor>>,
  fusion: ProfileFusion,
): tf.Tensor3D {
  const [asked, given] = [Object.keys(params.fields), Object.keys(profile)];
  const lacking = asked.find((field) => !given.includes(field));
  if (lacking !== undefined) throw new RangeError(`fuseProfile: the profile has no ${lacking}`);
  const more = given.find((field) => !asked.includes(field));
  if (more !== undefined) throw new RangeError(`fuseProfile: there are no weights for ${more}`);
  return tf.tidy(() => {
    const [B, T, D] = hidden_BTD.shape;
    const profile_BD = asked
      .map((field) => embedding(params.fields[field]!, profile[field]!))
      .reduce((sum, own) => tf.add(sum, own));
    const profile_BTD = tf.add<tf.Tensor3D>(tf.zeros([B, T, D]), tf.expandDims(profile_BD, 1));
    const fused_BTD = linear(params.fusion, tf.concat([hidden_BTD, profile_BTD], 2));
    if (fusion === 'concat') return fused_BTD;
    const share_BTD = tf.sigmoid(fused_BTD);
    return tf.add(tf.mul(share_BTD, hidden_BTD), tf.mul(tf.sub(1, share_BTD), profile_BTD));
  });
}
