import * as tf from '@tensorflow/tfjs';

/** Values at the leaves, plain objects and arrays above them. */
export type Tree<Leaf> = Leaf | readonly Tree<Leaf>[] | { readonly [name: string]: Tree<Leaf> };

/** Weights of a model. The leaves are unnamed variables, updated in place by an optimiser. */
export type ParamTree = Tree<tf.Variable>;

/**
 * Make a weight of drawn numbers. Unlike `tf.variable(tf.tensor(...))` it leaves no second tensor behind.
 *
 * @param trainable false: it is saved and loaded with the others, and no training changes it
 */
export function weight<R extends tf.Rank>(
  values: Float32Array,
  shape: tf.ShapeMap[R],
  trainable = true,
): tf.Variable<R> {
  return tf.tidy(() => tf.variable(tf.tensor<R>(values, shape), trainable));
}

/** Walk a tree in declaration order: `[['blocks.0.output', variable], ...]`. */
export function leaves(tree: object, path = ''): [path: string, leaf: tf.Variable][] {
  if (tree instanceof tf.Variable) return [[path, tree]];
  return Object.entries(tree).flatMap(([key, child]) =>
    leaves(child as object, path ? `${path}.${key}` : key),
  );
}

/** The leaves that a training changes, as `leaves` gives them: all that were not made with `trainable` false. */
export function trainableLeaves(tree: object): [path: string, leaf: tf.Variable][] {
  return leaves(tree).filter(([, leaf]) => leaf.trainable);
}

/**
 * The same tree with other leaves.
 *
 * @param of gets each path, as `leaves` gives it, and its leaf
 * @returns plain objects and arrays like those of the tree
 */
export function mapLeaves<Other>(
  tree: object,
  of: (path: string, leaf: tf.Variable) => Other,
  path = '',
): Tree<Other> {
  if (tree instanceof tf.Variable) return of(path, tree as tf.Variable);
  const child = (key: string, own: unknown): Tree<Other> =>
    mapLeaves(own as object, of, path ? `${path}.${key}` : key);
  if (Array.isArray(tree)) return tree.map((own, index) => child(`${index}`, own));
  return Object.fromEntries(Object.entries(tree).map(([key, own]) => [key, child(key, own)]));
}

/** The number of trainable numbers in a tree. */
export function countParameters(tree: object): number {
  return trainableLeaves(tree).reduce((sum, [, leaf]) => sum + leaf.size, 0);
}

/** Free every weight of a tree. */
export function disposeTree(tree: object): void {
  for (const [, leaf] of leaves(tree)) leaf.dispose();
}

/**
 * Copy saved values into an existing tree.
 *
 * @throws Error naming every missing, extra or misshapen leaf; then no leaf was changed
 */
export function assignLeaves(
  tree: object,
  saved: ReadonlyMap<string, { shape: readonly number[]; values: Float32Array }>,
): void {
  const live = new Map(leaves(tree));
  const problems = [
    ...[...live.keys()].filter((path) => !saved.has(path)).map((path) => `${path} is missing`),
    ...[...saved.keys()].filter((path) => !live.has(path)).map((path) => `${path} is not part of this model`),
    ...[...live].flatMap(([path, leaf]) => {
      const value = saved.get(path);
      return value && !tf.util.arraysEqual([...value.shape], leaf.shape)
        ? [`${path} is [${value.shape.join(', ')}] there and [${leaf.shape.join(', ')}] here`]
        : [];
    }),
  ];
  if (problems.length > 0) throw new Error(`the weights do not fit the model: ${problems.join('; ')}`);
  for (const [path, leaf] of live) {
    const value = saved.get(path)!;
    tf.tidy(() => leaf.assign(tf.tensor(value.values, [...value.shape])));
  }
}
