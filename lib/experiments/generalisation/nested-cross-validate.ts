import { ndcg } from '../../evaluation/ndcg';
import { summarise } from '../../evaluation/summary';
import type { SplitSequences } from '../../preprocessing/splits/split-sequences';
import { withoutTest } from '../../preprocessing/splits/without-test';
import { evaluateRanking } from '../evaluate-ranking';
import type { Rival } from '../rival';
import {
  expectDistinct,
  foldResult,
  type FoldPlace,
  type FoldResult,
  type FoldSettings,
} from './cross-validate';

/** How one candidate did where candidates are chosen between: inside one outer fold. Plain data. */
export interface InnerScore extends FoldPlace {
  readonly name: string;
  /** From 0; 0 where the validation chooses. */
  readonly inner: number;
  /** NDCG@10. */
  readonly value: number;
}

/** What was chosen for an outer fold, and how it did there. */
export interface NestedFold {
  /** Of every candidate, the mean over the inner folds. */
  readonly scores: readonly { readonly name: string; readonly mean: number }[];
  readonly chosen: string;
  /** Of the chosen candidate, learned anew from all of the outer fold but its test. */
  readonly result: FoldResult;
}

/** What a nested cross-validation tells while it goes on. */
export interface NestedRun {
  /** Of an earlier, interrupted call with the same arguments. */
  readonly knownInner?: readonly InnerScore[];
  readonly knownOuter?: readonly FoldResult[];
  readonly onInner?: (score: InnerScore) => void;
  readonly onOuter?: (result: FoldResult) => void;
  readonly signal?: AbortSignal;
}

/**
 * Tell how good the whole procedure is, the choice of settings with it: choose inside each fold, and test what was chosen outside.
 *
 * Of many candidates the best on a test looks better than it is, because it was chosen for that test too. Here the choice sees the
 * outer fold without its test events, which are not in the sequences it is given, and only the chosen candidate is asked for
 * them. Folds may choose differently: what is estimated is the way of choosing, not one setting.
 *
 * @param candidates one a setting; the first of equally good ones is chosen
 * @param settings.inner the folds to choose by, made of what may be seen (`innerFolds`, or `rollingTime` of its sequences); or `validation`:
 *   that of the outer fold
 * @returns one entry an outer fold; those that are finished when `signal` was raised
 * @throws RangeError as `crossValidate`, and when there is no candidate
 * @throws InputError when a fold leaks, or has no validation event to choose by
 * @source Varma & Simon, "Bias in Error Estimation when Using Cross-Validation for Model Selection", BMC Bioinformatics 7, 2006; Cawley &
 *   Talbot, "On Over-fitting in Model Selection and Subsequent Selection Bias in Performance Evaluation", JMLR 11, 2010.
 */
export async function nestedCrossValidate(
  folds: readonly SplitSequences[],
  candidates: readonly Rival<FoldPlace>[],
  settings: FoldSettings & {
    readonly inner: 'validation' | ((seen: SplitSequences, fold: number) => readonly SplitSequences[]);
  },
  { knownInner = [], knownOuter = [], onInner, onOuter, signal }: NestedRun = {},
): Promise<NestedFold[]> {
  if (folds.length === 0) throw new RangeError('nestedCrossValidate: there are no folds');
  if (candidates.length === 0) throw new RangeError('nestedCrossValidate: there is no candidate');
  expectDistinct('nestedCrossValidate', candidates);
  const finished: NestedFold[] = [];
  for (const [fold, split] of folds.entries()) {
    const seen = withoutTest(split);
    const scores: InnerScore[] = [];
    const place = { fold, seed: settings.seed };
    const { inner: by, events = 'last' } = settings;
    const inside = by === 'validation' ? [seen] : by(seen, fold);
    for (const [inner, part] of inside.entries()) {
      for (const candidate of candidates) {
        if (signal?.aborted) return finished;
        const earlier = knownInner.find(
          (own) =>
            own.name === candidate.name &&
            own.fold === fold &&
            own.inner === inner &&
            own.seed === place.seed,
        );
        if (earlier) {
          scores.push(earlier);
          continue;
        }
        // The inner test is hidden from the candidate as well; a validation is what it may stop its training by.
        const which = by === 'validation' ? 'validation' : 'test';
        const { scorer, dispose } = await candidate.learn(withoutTest(part), place);
        try {
          if (signal?.aborted) return finished;
          const value = ndcg(evaluateRanking(scorer, part, which, { events }).ranks, 10);
          scores.push({ name: candidate.name, ...place, inner, value });
        } finally {
          dispose?.();
        }
        onInner?.(scores.at(-1)!);
      }
    }
    const means = candidates.map(({ name }) => ({
      name,
      mean: summarise(scores.filter((own) => own.name === name).map(({ value }) => value)).mean,
    }));
    const chosen = means.reduce((best, own) => (own.mean > best.mean ? own : best)).name;
    const winner = candidates.find(({ name }) => name === chosen)!;
    const result = await foldResult(winner, split, fold, settings, {
      known: knownOuter,
      ...(onOuter && { onResult: onOuter }),
      ...(signal && { signal }),
    });
    if (!result) return finished;
    finished.push({ scores: means, chosen, result });
  }
  return finished;
}
