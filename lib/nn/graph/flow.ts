import type { Recording, Source } from './recording';

/** TensorFlow's number of the type (types.proto: DT_FLOAT). */
const float32 = 1;

/** One box of a drawn recording. */
export interface FlowNode {
  /** The op, or the name of what is fed, read or given out. */
  readonly name: string;
  /** `forward`: an op that an output needs. `backward`: an op that only an update needs, in a training step the gradient. */
  readonly group: 'input' | 'variable' | 'constant' | 'forward' | 'backward' | 'update' | 'output';
}

/** A recording as boxes and arrows. */
export interface Flow {
  readonly nodes: readonly FlowNode[];
  /** Places in `nodes`: the second reads what the first gives. */
  readonly arrows: readonly { readonly from: number; readonly to: number }[];
}

/**
 * What was recorded, as a drawing needs it: every op that an output or an update needs, in the order of the calls, and
 * what flows between them.
 *
 * Ops that nothing needs are left out, as TensorFlow leaves them out. Left out as well are constants of whole numbers: they
 * are the axes and shapes that nearly every op has.
 *
 * @param variableNames for the recorded variables, in their order; default `variable 0`, `variable 1` ...
 * @source Abadi et al., "TensorFlow: A System for Large-Scale Machine Learning", OSDI 2016, section 3.1: operations as
 *   vertices, tensors as edges.
 */
export function flowOf(recording: Recording, variableNames: readonly string[] = []): Flow {
  const forOutputs = neededFor(
    recording,
    [...recording.outputs.values()].map(({ source }) => source),
  );
  const forUpdates = neededFor(
    recording,
    recording.updates.flatMap(({ sources, guard }) => [...sources, ...(guard ? [guard] : [])]),
  );
  const nodes: FlowNode[] = [];
  const arrows: { from: number; to: number }[] = [];
  const places = new Map<string, number>();
  const add = (key: string, node: FlowNode): number => {
    const known = places.get(key);
    if (known !== undefined) return known;
    const place = nodes.push(node) - 1;
    places.set(key, place);
    return place;
  };
  const variable = (index: number): number =>
    add(`variable ${index}`, { name: variableNames[index] ?? `variable ${index}`, group: 'variable' });
  const placeOf = (source: Source): number | null => {
    switch (source.kind) {
      case 'input':
        return add(`input ${source.name}`, { name: source.name, group: 'input' });
      case 'variable':
        return variable(source.index);
      case 'node':
        return places.get(`node ${source.node}`)!;
      case 'constant': {
        const { dtype, shape, bytes } = source.value;
        if (dtype !== float32) return null;
        const [first, ...others] = new Float32Array(bytes.slice().buffer);
        const text = others.every((value) => value === first) ? String(first) : 'numbers';
        return (
          nodes.push({
            name: shape.length === 0 ? text : `${text} [${shape.join(', ')}]`,
            group: 'constant',
          }) - 1
        );
      }
    }
  };
  const connect = (sources: readonly Source[], to: () => number): void => {
    const froms = sources.map(placeOf);
    const place = to();
    for (const from of new Set(froms)) if (from !== null) arrows.push({ from, to: place });
  };

  for (const [index, { op, sources }] of recording.nodes.entries()) {
    if (!forOutputs.has(index) && !forUpdates.has(index)) continue;
    const group = forOutputs.has(index) ? 'forward' : 'backward';
    connect(sources, () => add(`node ${index}`, { name: op, group }));
  }
  for (const { op, variables, sources, guard } of recording.updates) {
    const changed: Source[] = variables.map((index) => ({ kind: 'variable', index }));
    const read = [...changed, ...sources, ...(guard ? [guard] : [])];
    connect(read, () => nodes.push({ name: op, group: 'update' }) - 1);
  }
  for (const [name, { source }] of recording.outputs) {
    connect([source], () => add(`output ${name}`, { name, group: 'output' }));
  }
  return { nodes, arrows };
}

/** The ops that these values are made by, and those that these are made by, and so on. */
function neededFor({ nodes }: Recording, sources: readonly Source[]): Set<number> {
  const needed = new Set<number>();
  const waiting = [...sources];
  for (let source = waiting.pop(); source !== undefined; source = waiting.pop()) {
    if (source.kind !== 'node' || needed.has(source.node)) continue;
    needed.add(source.node);
    waiting.push(...nodes[source.node]!.sources);
  }
  return needed;
}
