import type { Matrix } from '../../base/matrix';
import type { Pooling } from '../../encoders/pooling';
import { trainPart, type SplitSequences } from '../../preprocessing/splits/split-sequences';
import { userVectors, type SequenceModel } from '../sequence-model';

/** Users compared at most: all pairs are compared. */
const mostUsers = 500;

/**
 * How well a model recognises a user: of each one's training events every other one is read, and the vector of the rest is looked for
 * among those of all users by cosine.
 *
 * Says which epoch is best where no item is predicted. No held-out event and no label is looked at; of many users the first 500 are
 * compared.
 *
 * @returns mean reciprocal rank, 0 to 1; n users told apart by chance have about ln(n)/n
 */
export function userRecognition(model: SequenceModel, split: SplitSequences, pooling: Pooling): number {
  const parts = split.sequences.userIds
    .map((_, user) => trainPart(split, user))
    .filter(({ length }) => length > 1)
    .slice(0, mostUsers);
  const everyOther = (first: 0 | 1): Float32Array[] =>
    unitRows(
      userVectors(
        model,
        parts.map((items) => items.filter((_, place) => place % 2 === first)),
        { pooling },
      ),
    );
  const [asked, known] = [everyOther(0), everyOther(1)];
  let sum = 0;
  for (const [user, vector] of asked.entries()) {
    const own = dot(vector, known[user]!);
    let nearer = 0;
    for (const [other, candidate] of known.entries())
      if (other !== user && dot(vector, candidate) >= own) nearer += 1;
    sum += 1 / (nearer + 1);
  }
  return sum / parts.length;
}

function unitRows({ rows, columns, values }: Matrix): Float32Array[] {
  return Array.from({ length: rows }, (_, row) => {
    const vector = values.slice(row * columns, (row + 1) * columns);
    const length = Math.sqrt(dot(vector, vector));
    return length > 0 ? vector.map((value) => value / length) : vector;
  });
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
