/**
 * Entropy rate by a chain of first order: how many bits the next event still says once the last one is known, from counted transitions.
 *
 * 0 for somebody who always goes on the same way; the logarithm of the number of kinds for pure chance. **Biased downwards** where
 * transitions are few: of n transitions between K kinds it misses about K (K - 1) / (2 n ln 2) bits, so who does little looks regular. It
 * sees nothing that lies further back than one event, and takes one chain for the whole history: a change of interests makes it larger
 * only as far as it mixes two chains.
 *
 * @param sequence kinds of events, oldest first
 * @returns NaN where there are no two events
 * @source Cover & Thomas, "Elements of Information Theory", 2nd ed., 2006, theorem 4.2.4 (of a chain); Miller, "Note on the Bias of
 *   Information Estimates", Information Theory in Psychology, 1955 (the bias).
 */
export function markovEntropyRate(sequence: ArrayLike<number>): number {
  const followers = new Map<number, Map<number, number>>();
  for (let at = 1; at < sequence.length; at++) {
    const own = followers.get(sequence[at - 1]!) ?? new Map<number, number>();
    followers.set(sequence[at - 1]!, own.set(sequence[at]!, (own.get(sequence[at]!) ?? 0) + 1));
  }
  let bits = 0;
  for (const own of followers.values()) {
    const left = [...own.values()].reduce((sum, count) => sum + count, 0);
    for (const count of own.values()) bits -= count * Math.log2(count / left);
  }
  return bits / (sequence.length - 1 > 0 ? sequence.length - 1 : NaN);
}

/**
 * Entropy rate by match lengths, in bits an event: without a model, from how soon a stretch turns up that was never there before.
 *
 * At each event the shortest stretch from there on is taken that does not lie within the events before; for a stationary source, n log2 n
 * divided by the sum of their lengths tends to the entropy rate. It sees order of any depth and needs hundreds of events: it converges
 * with 1 / log n, from above at first, so compare only histories of about the same length. Time grows with the square of the length.
 *
 * @param sequence kinds of events, oldest first
 * @returns NaN where there are no two events
 * @source Kontoyiannis, Algoet, Suhov & Wyner, "Nonparametric Entropy Estimation for Stationary Processes and Random Fields, with
 *   Applications to English Text", IEEE Transactions on Information Theory 44(3), 1998, estimator (a) over growing windows; in this form:
 *   Song, Qu, Blumm & Barabási, "Limits of Predictability in Human Mobility", Science 327, 2010, supplement.
 * @differs A stretch that reaches the end without being new counts one event more than is left, as if the end were a new kind.
 */
export function lempelZivEntropyRate(sequence: ArrayLike<number>): number {
  const n = sequence.length;
  if (n < 2) return NaN;
  let sum = 0;
  for (let from = 0; from < n; from++) {
    let longest = 0; // match of the events from here on with a stretch that ends before
    for (let start = 0; start < from; start++) {
      let length = 0;
      while (
        start + length < from &&
        from + length < n &&
        sequence[start + length] === sequence[from + length]
      )
        length += 1;
      longest = Math.max(longest, length);
    }
    sum += longest + 1;
  }
  return (n * Math.log2(n)) / sum;
}
