import { createRequire } from 'node:module';
import type { OpAttribute } from '../native/execute';

/** TensorFlow's number for an element type, as in `types.proto`. */
export type DataTypeNumber = number;

/** The messages of TensorFlow's graph format that tfjs-node carries, as far as they are used here. */
interface Messages {
  readonly AttrValue: (new () => AttrValue) & {
    readonly ListValue: new () => { setIList(v: number[]): void };
  };
  readonly NodeDef: new () => {
    setName(v: string): void;
    setOp(v: string): void;
    setInputList(v: string[]): void;
    getAttrMap(): { set(name: string, value: AttrValue): void };
  };
  readonly TensorShape: (new () => { addDim(v: unknown): void }) & {
    readonly Dim: new () => { setSize(v: number): void };
  };
  readonly Tensor: new () => {
    setDtype(v: number): void;
    setTensorShape(v: unknown): void;
    setTensorContent(v: Uint8Array): void;
  };
  readonly VersionDef: new () => { setProducer(v: number): void };
  readonly GraphDef: new () => { setNodeList(v: unknown[]): void; setVersions(v: unknown): void };
  readonly MetaGraphDef: (new () => { setMetaInfoDef(v: unknown): void; setGraphDef(v: unknown): void }) & {
    readonly MetaInfoDef: new () => { addTags(v: string): void };
  };
  readonly SavedModel: new () => {
    setSavedModelSchemaVersion(v: number): void;
    addMetaGraphs(v: unknown): void;
    serializeBinary(): Uint8Array;
  };
}
interface AttrValue {
  setS(v: Uint8Array): void;
  setI(v: number): void;
  setF(v: number): void;
  setB(v: boolean): void;
  setType(v: number): void;
  setShape(v: unknown): void;
  setTensor(v: unknown): void;
  setList(v: unknown): void;
}

/** A tensor written into the graph itself. */
export interface ConstantTensor {
  readonly dtype: DataTypeNumber;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** How the binding numbers the kinds of attributes. */
export type AttributeKinds = Readonly<
  Record<
    'TF_ATTR_STRING' | 'TF_ATTR_INT' | 'TF_ATTR_FLOAT' | 'TF_ATTR_BOOL' | 'TF_ATTR_TYPE' | 'TF_ATTR_SHAPE',
    number
  >
>;

/** Version of the graph format that the nodes claim: after the last one at which an op used here changed its meaning. */
const producer = 1882;

/**
 * Nodes written one after the other, and the file that TensorFlow loads them from.
 *
 * A node is named by its caller; `name` or `name:1` refers to its outputs, `^name` to its having run.
 *
 * @source TensorFlow, graph.proto, node_def.proto and attr_value.proto in `tensorflow/core/framework`, saved_model.proto
 *   in `tensorflow/core/protobuf`: https://github.com/tensorflow/tensorflow/tree/v2.9.1/tensorflow/core
 */
export interface GraphDefBuilder {
  readonly numNodes: number;
  node(name: string, op: string, inputs: readonly string[], attributes: readonly OpAttribute[]): void;
  constant(name: string, value: ConstantTensor): void;
  /** The bytes of `saved_model.pb`, under the tag `serve`. */
  savedModel(): Uint8Array;
}

/** Start an empty graph. */
export function createGraphDef(kinds: AttributeKinds): GraphDefBuilder {
  const messages = createRequire(__filename)('@tensorflow/tfjs-node-gpu/dist/proto/api_pb') as Messages;
  const nodes: unknown[] = [];

  const shapeMessage = (shape: readonly number[]): unknown => {
    const message = new messages.TensorShape();
    for (const size of shape) {
      const dim = new messages.TensorShape.Dim();
      dim.setSize(size);
      message.addDim(dim);
    }
    return message;
  };
  const attribute = ({ name, type, value }: OpAttribute): AttrValue => {
    const message = new messages.AttrValue();
    if (type === kinds.TF_ATTR_TYPE) message.setType(value as number);
    else if (type === kinds.TF_ATTR_FLOAT) message.setF(value as number);
    else if (type === kinds.TF_ATTR_BOOL) message.setB(value as boolean);
    else if (type === kinds.TF_ATTR_STRING) message.setS(Buffer.from(value as string));
    else if (type === kinds.TF_ATTR_SHAPE) message.setShape(shapeMessage(value as number[]));
    else if (type === kinds.TF_ATTR_INT && Array.isArray(value)) {
      const list = new messages.AttrValue.ListValue();
      list.setIList(value as number[]);
      message.setList(list);
    } else if (type === kinds.TF_ATTR_INT) message.setI(value as number);
    else throw new Error(`a graph cannot hold the attribute ${name} (kind ${type})`);
    return message;
  };
  const add = (
    name: string,
    op: string,
    inputs: readonly string[],
    attributes: [string, AttrValue][],
  ): void => {
    const message = new messages.NodeDef();
    message.setName(name);
    message.setOp(op);
    message.setInputList([...inputs]);
    for (const [key, value] of attributes) message.getAttrMap().set(key, value);
    nodes.push(message);
  };

  return {
    get numNodes() {
      return nodes.length;
    },
    node: (name, op, inputs, attributes) =>
      add(
        name,
        op,
        inputs,
        attributes.map((each) => [each.name, attribute(each)]),
      ),
    constant: (name, { dtype, shape, bytes }) => {
      const tensor = new messages.Tensor();
      tensor.setDtype(dtype);
      tensor.setTensorShape(shapeMessage(shape));
      tensor.setTensorContent(bytes);
      const value = new messages.AttrValue();
      value.setTensor(tensor);
      const type = new messages.AttrValue();
      type.setType(dtype);
      add(
        name,
        'Const',
        [],
        [
          ['dtype', type],
          ['value', value],
        ],
      );
    },
    savedModel: () => {
      const versions = new messages.VersionDef();
      versions.setProducer(producer);
      const graph = new messages.GraphDef();
      graph.setNodeList(nodes);
      graph.setVersions(versions);
      const info = new messages.MetaGraphDef.MetaInfoDef();
      info.addTags('serve');
      const meta = new messages.MetaGraphDef();
      meta.setMetaInfoDef(info);
      meta.setGraphDef(graph);
      const model = new messages.SavedModel();
      model.setSavedModelSchemaVersion(1);
      model.addMetaGraphs(meta);
      return model.serializeBinary();
    },
  };
}
