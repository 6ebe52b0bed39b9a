/** How long vectors of items and places are before they have learned anything. */
export const initialVectorKinds = ['unit', 'small'] as const;

/**
 * `unit`: a length of about 1, so that a dot product of two of them starts below 1 in size. `small`: numbers of about .02.
 *
 * A loss that compares a target with few sampled items moves a rare item's vector a few times in an epoch, so that what it started from may
 * stay in it for long; cross-entropy over all items moves every vector at every step. Whether `small` helps differs: see the pages
 * `beauty-sasrec-bce` (it does) and `ml-100k-sasrec-bce` (it does not).
 *
 * @source `small`: Devlin, Chang, Lee & Toutanova, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", NAACL
 *   2019 (initializer range .02, in the code), taken over by Zhou et al., S3-Rec, CIKM 2020.
 */
export type InitialVectors = (typeof initialVectorKinds)[number];

/** What a standard normal number becomes at the start. */
export function initialScale(kind: InitialVectors, width: number): (normal: number) => number {
  return kind === 'small' ? (normal) => 0.02 * normal : (normal) => normal / Math.sqrt(width);
}
