import { selectRows, type Matrix } from '../../base/matrix';
import { createRng } from '../../base/random';
import {
  classifyByTree,
  fitDecisionTree,
  treeRules,
  type TreeLimits,
  type TreeNode,
  type TreeRule,
} from '../../clustering/decision-tree';
import { stratifiedFolds } from '../../evaluation/stratified-folds';

/** A few plain questions that say which group a user is in, and how far they can be trusted. */
export interface GroupExplanation {
  /** Fitted on all users with a group. */
  readonly tree: TreeNode;
  readonly rules: readonly TreeRule[];
  /** Users that the tree puts into the group that they are in, as a share: of users of folds that it was not fitted on, one number a fold. */
  readonly fidelity: Float64Array;
  /** The same for those who put everybody into the largest group. */
  readonly majority: number;
  /** The same on the users that it was fitted on: never below `fidelity` for long, and no measure of it. */
  readonly fitted: number;
}

/**
 * Explain who is in which group by a shallow tree over plain features, and measure how true the explanation is.
 *
 * Groups of user vectors have no meaning of their own. A tree over what people understand, such as shares of genres or hours, says what
 * the groups have in common as far as these features tell it: with a fidelity near the majority they do not.
 *
 * @param features one row a user
 * @param names    one a column of `features`
 * @param labels   group of each user, from 0; users with -1 are left out
 * @throws RangeError when the sizes do not agree, or there are fewer users with a group than folds
 * @source Craven & Shavlik, "Extracting Tree-Structured Representations of Trained Networks", NIPS 1995 (a tree that stands for a model, and
 *   its fidelity).
 * @differs The tree is fitted to the groups of the users at hand; none are generated.
 */
export function explainGroups(
  features: Matrix,
  names: readonly string[],
  labels: ArrayLike<number>,
  { folds = 5, seed, ...limits }: TreeLimits & { readonly folds?: number; readonly seed: number },
): GroupExplanation {
  if (features.rows !== labels.length || features.columns !== names.length) {
    throw new RangeError(
      `explainGroups: features are ${features.rows} x ${features.columns}, there are ${labels.length} labels and ${names.length} names`,
    );
  }
  const users = Array.from({ length: labels.length }, (_, user) => user).filter((user) => labels[user]! >= 0);
  const groupOf = (chosen: readonly number[]): number[] => chosen.map((user) => labels[user]!);
  const groups = groupOf(users);
  const foldOf = stratifiedFolds(groups, folds, createRng(seed).child('folds'));
  const rightShare = (tree: TreeNode, chosen: readonly number[]): number =>
    share(classifyByTree(tree, selectRows(features, chosen)), (own, place) => own === labels[chosen[place]!]);
  const fidelity = Float64Array.from({ length: folds }, (_, fold) => {
    const [seen, unseen] = [true, false].map((isSeen) =>
      users.filter((_user, place) => (foldOf[place] !== fold) === isSeen),
    ) as [number[], number[]];
    return rightShare(fitDecisionTree(selectRows(features, seen), groupOf(seen), limits), unseen);
  });
  const tree = fitDecisionTree(selectRows(features, users), groups, limits);
  return {
    tree,
    rules: treeRules(tree, names),
    fidelity,
    majority: Math.max(...tree.counts) / users.length,
    fitted: rightShare(tree, users),
  };
}

const share = (values: Int32Array, isSo: (value: number, place: number) => boolean): number =>
  values.filter(isSo).length / values.length;
