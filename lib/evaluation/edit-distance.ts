import { distance } from 'fastest-levenshtein';

/** Code units of JavaScript's text: so many different symbols fit into a comparison. */
const mostSymbols = 65_536;

/**
 * Edit distance of two sequences: the fewest insertions, deletions and replacements of one symbol that make one out of the other.
 *
 * A metric: 0 only for equal sequences, symmetric, and never longer by way of a third. From the difference of the lengths to the
 * longer length, so long histories are far apart by their length alone.
 *
 * @param a numbers of items, categories or behaviours, in order
 * @throws RangeError when the two have more than 65,536 different symbols together
 * @source Levenshtein, "Binary Codes Capable of Correcting Deletions, Insertions, and Reversals", Soviet Physics Doklady 10(8), 1966;
 *   computed by Myers, "A Fast Bit-Vector Algorithm for Approximate String Matching Based on Dynamic Programming", Journal of the ACM
 *   46(3), 1999 (through the package fastest-levenshtein, which reads text: each symbol becomes a code unit).
 */
export function editDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const codeOf = new Map<number, number>();
  const textOf = (sequence: ArrayLike<number>): string => {
    let text = '';
    for (let at = 0; at < sequence.length; at++) {
      let code = codeOf.get(sequence[at]!);
      if (code === undefined) codeOf.set(sequence[at]!, (code = codeOf.size));
      text += String.fromCharCode(code);
    }
    return text;
  };
  const [one, other] = [textOf(a), textOf(b)];
  if (codeOf.size > mostSymbols)
    throw new RangeError(
      `editDistance: ${codeOf.size} different symbols, at most ${mostSymbols} can be compared`,
    );
  return distance(one, other);
}

/**
 * Edit distance divided by the longer length, 0 to 1: the share of places that must change. 0 for two empty sequences.
 *
 * No metric any more: from [1, 2] to [2, 1] it is 1, but by way of [1, 2, 1] it is a third and a third.
 *
 * @throws RangeError as `editDistance`
 * @source Marzal & Vidal, "Computation of Normalized Edit Distance and Applications", IEEE Transactions on Pattern Analysis and Machine
 *   Intelligence 15(9), 1993 (why a division afterwards is no metric).
 * @differs Divided by the longer length, as is usual, and not by the length of the way of edits, which their paper minimises.
 */
export function normalizedEditDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const longer = Math.max(a.length, b.length);
  return longer === 0 ? 0 : editDistance(a, b) / longer;
}
