import type { Work } from './work';

const torch = ['pytorch', 'pytorch-tuned'] as const;

/** Behind all works on sequences. Lengths: half of the users full, the others uniform from 1 to `length`. */
const common = { width: 64, length: 50, batch: 128, dropout: 0.2, learningRate: 1e-3, batches: 4 };
const recurrent = { ...common, vocabulary: 10_000 };
const transformer = { ...common, blocks: 2, heads: 2 };
const sasrec = { ...transformer, model: 'sasrec', causal: true, activation: 'relu', feedForward: 64 };

const step = (name: string, title: string, settings: Work['settings'], turn: number): Work => ({
  name,
  group: 'engine',
  title,
  kind: 'training',
  settings,
  peers: torch,
  unit: 'ms a step',
  turn,
});

const encode = (name: string, title: string, settings: Work['settings']): Work => ({
  name,
  group: 'engine',
  title: `${title}; a sample is a tenth of the users, its time counts ten times`,
  kind: 'encoding',
  settings: { ...settings, users: 100_000, dropout: 0 },
  peers: torch,
  unit: 'ms for 100,000 users',
  turn: 1,
  scale: 10,
});

const kmeans = { dimensions: 64, k: 50, spread: 1.5, seed: 1 };

/** Points around 20 centres N(0, 1), `spread` wide; what is compared is the same for all starts, or nearly. */
const cluster = (
  name: string,
  title: string,
  settings: Work['settings'],
  checkedWith: Work['settings'],
  tolerance: Work['tolerance'],
): Work => ({
  name,
  group: 'clustering',
  title,
  kind: 'clustering',
  settings: { algorithm: name, k: 20, seed: 1, ...settings },
  peers: ['scikit-learn'],
  unit: 'ms',
  turn: 1,
  checkedWith,
  tolerance: tolerance!,
});

const events = (figure: 'cpu' | 'memory', title: string, unit: string): Work => ({
  name: `events-10m-${figure}`,
  group: 'preprocessing',
  title,
  kind: 'events',
  settings: { events: 10_000_000, figure },
  peers: ['polars'],
  unit,
  turn: 1,
  checkedWith: { events: 200_000 },
  tolerance: { first: 0, largest: 1e-9 },
});

const rankingMetrics = (figure: 'time' | 'memory', title: string, unit: string): Work => ({
  name: figure === 'time' ? 'ranking-metrics' : 'ranking-metrics-memory',
  group: 'evaluation',
  title,
  kind: 'ranking-metrics',
  settings: { users: 22_363, items: 12_101, width: 64, seen: 8, figure },
  peers: figure === 'time' ? ['pytorch', 'pytorch-tuned', 'numpy'] : ['pytorch-tuned', 'numpy'],
  unit,
  turn: 1,
  // As many as are ranked in the way that is timed.
  checkedWith: { users: 10_000 },
  // A score that differs in its last bit may move a target by one place.
  tolerance: { first: 5e-4, largest: 5e-4 },
});

/** Every work there is, in the order in which it runs. */
export const catalogue: readonly Work[] = [
  step(
    'lstm-step',
    'training step of an LSTM, softmax cross-entropy at the last position, output table of its own',
    { ...recurrent, model: 'lstm' },
    10,
  ),
  step('gru-step', 'the same with a GRU', { ...recurrent, model: 'gru' }, 10),
  step(
    'sasrec-step',
    'training step of SASRec, pre-norm, tied output, softmax cross-entropy at all positions',
    { ...sasrec, vocabulary: 3_500 },
    5,
  ),
  step('sasrec-step-12101', 'the same, more items', { ...sasrec, vocabulary: 12_101 }, 3),
  step('sasrec-step-200', 'the same, longer sequences', { ...sasrec, vocabulary: 3_416, length: 200 }, 2),
  step(
    'bert-step',
    'training step of BERT4Rec, the same blocks in both directions, cross-entropy at the masked fifth',
    {
      ...transformer,
      model: 'bert',
      vocabulary: 3_500,
      causal: false,
      activation: 'gelu',
      feedForward: 256,
      masked: 0.2,
    },
    5,
  ),
  encode('encode-lstm', 'the state of an LSTM after the last event', { ...recurrent, model: 'lstm' }),
  encode('encode-sasrec', 'the state of SASRec after the last event', { ...sasrec, vocabulary: 3_500 }),
  {
    name: 'full-ranking',
    group: 'engine',
    title: 'scores of all items, seen ones excluded, the best 20 and the rank of one target for each user',
    kind: 'ranking',
    settings: { users: 22_363, items: 12_101, width: 64, seen: 8, top: 20 },
    peers: torch,
    unit: 'ms',
    turn: 1,
  },
  {
    name: 'lstm-layer',
    group: 'engine',
    title: 'one LSTM layer forward and backward, eagerly, beside tf.layers.lstm',
    kind: 'lstm-layer',
    settings: { batch: 128, length: 100, width: 128 },
    peers: ['tf.layers'],
    unit: 'ms',
    turn: 3,
  },
  {
    name: 'kmeans',
    group: 'clustering',
    title: 'k-means from given centres, exactly 20 iterations without a tolerance; the whole fit',
    kind: 'kmeans',
    settings: { ...kmeans, points: 100_000, iterations: 20 },
    peers: ['scikit-learn'],
    unit: 'ms',
    turn: 1,
  },
  {
    name: 'kmeans-3-iterations',
    group: 'clustering',
    title: 'k-means from given centres, exactly 3 iterations; ml-kmeans is too slow for more',
    kind: 'kmeans',
    settings: { ...kmeans, points: 100_000, iterations: 3 },
    peers: ['ml-kmeans'],
    unit: 'ms',
    turn: 1,
  },
  cluster(
    'kmeans-minibatch',
    'mini-batch k-means from given centres, 976 steps of 1,024 points, no early stop, labels of all points; the whole fit',
    { points: 1_000_000, dimensions: 64, k: 50, spread: 1.5, batchSize: 1024 },
    { points: 100_000 },
    // Each side draws its own batches.
    { first: 5e-3, largest: 5e-3 },
  ),
  cluster(
    'dbscan',
    'DBSCAN, eps 2, 10 points; the whole fit',
    { points: 20_000, dimensions: 16, spread: 0.5, eps: 2, minPoints: 10 },
    { points: 5000 },
    { first: 0, largest: 0 },
  ),
  cluster(
    'hdbscan',
    'HDBSCAN, clusters of at least 10 points; the whole fit',
    { points: 5000, dimensions: 16, spread: 0.5, minClusterSize: 10 },
    { points: 2000 },
    // Equal distances, of which there are 45 here, move 2 points of 2,000 in or out: scikit-learn takes them in some order.
    { first: 3e-2, largest: 3e-2 },
  ),
  cluster(
    'ward',
    "the whole tree of merges by Ward's distance, cut into 20",
    { points: 5000, dimensions: 64, spread: 1 },
    { points: 1000 },
    { first: 1e-6, largest: 1e-6 },
  ),
  cluster(
    'spectral',
    'spectral clustering into 20 on the graph of 9 other nearest neighbours, 10 starts of k-means; the whole fit',
    { points: 5000, dimensions: 64, spread: 1, neighbors: 9 },
    { points: 2000 },
    // Spread 1 leaves a few points between two groups.
    { first: 1e-2, largest: 1e-2 },
  ),
  // A sample takes 15 ms.
  {
    ...cluster(
      'pca',
      '16 principal components by the covariance, and the points along them',
      { points: 100_000, dimensions: 64, spread: 1, components: 16 },
      { points: 5000 },
      { first: 1e-4, largest: 1e-4 },
    ),
    turn: 3,
  },
  cluster(
    'silhouette',
    'the mean silhouette of all points',
    { points: 20_000, dimensions: 64, spread: 1 },
    { points: 2000 },
    { first: 1e-5, largest: 1e-5 },
  ),
  {
    name: 'fpgrowth',
    group: 'clustering',
    title: 'all sets of items in at least one of a thousand of the 9,835 Groceries baskets',
    kind: 'itemsets',
    settings: { file: 'groceries/groceries.csv.gz', minSupport: 0.001 },
    peers: ['mlxtend'],
    unit: 'ms',
    turn: 1,
    tolerance: { first: 0, largest: 0 },
  },
  events(
    'cpu',
    'CPU time of all threads, from ten million events in a Parquet file to clean, split sequences with features',
    'CPU s',
  ),
  events('memory', 'the most memory that the same job takes, the program itself included', 'MB'),
  rankingMetrics(
    'time',
    'from vectors of users and items: the rank of each target among all items, seen ones excluded, and HR, NDCG and MRR with intervals',
    'ms',
  ),
  rankingMetrics('memory', 'the most memory that the process of the same work holds, itself included', 'MB'),
  {
    name: 'bootstrap',
    group: 'evaluation',
    title: 'the BCa interval of a mean difference: 10,000 resamples of 22,363 users',
    kind: 'bootstrap',
    settings: { users: 22_363, resamples: 10_000, seed: 1 },
    peers: ['numpy'],
    unit: 'ms',
    turn: 1,
    // Each side draws its own users; the mean is the same, the rest within the chance of 40,000 resamples.
    checkedWith: { users: 2000, resamples: 40_000 },
    tolerance: { first: 1e-6, largest: 5e-2 },
  },
  {
    name: 'als',
    group: 'recommendation',
    title:
      'implicit factors of MovieLens-1M, 64 a user and item, 15 passes of three steps of conjugate gradients',
    kind: 'als',
    settings: { file: 'ml-1m/ml-1m.txt.gz', factors: 64, iterations: 15, alpha: 40, l2: 0.01 },
    peers: ['implicit'],
    unit: 'ms',
    turn: 1,
    // Each side starts from its own factors: what of the loss is left.
    tolerance: { first: 1e-2, largest: 1e-2 },
  },
  {
    name: 'itemknn',
    group: 'recommendation',
    title: 'the 100 most similar items of each item of MovieLens-1M, by the cosine of their users',
    kind: 'item-knn',
    settings: { file: 'ml-1m/ml-1m.txt.gz', neighbors: 100 },
    peers: ['scipy', 'implicit'],
    unit: 'ms',
    turn: 1,
    tolerance: { first: 1e-5, largest: 1e-5 },
  },
  {
    name: 'topn',
    group: 'recommendation',
    title:
      'the best 20 of 12,101 items for each of 22,363 users, exact, in order, without what the user has used',
    kind: 'top-n',
    settings: { users: 22_363, items: 12_101, width: 64, seen: 8, top: 20 },
    peers: ['numpy'],
    unit: 'ms',
    turn: 1,
    checkedWith: { users: 3000 },
    tolerance: { first: 0, largest: 0 },
  },
  {
    name: 'nearest-index',
    group: 'recommendation',
    title:
      'the ten largest products of 12,101 items for each of 2,000 users by an index that stands, beside looking at all; checked is the share found',
    kind: 'nearest-index',
    settings: { users: 2000, items: 12_101, width: 64, top: 10 },
    peers: ['numpy'],
    unit: 'ms',
    turn: 1,
    // Recall of at least .95.
    tolerance: { first: 5e-2, largest: 5e-2 },
  },
  {
    name: 'deepfm-step',
    group: 'recommendation',
    title: 'training step of DeepFM, 26 fields of 1,000 codes and 13 numbers',
    kind: 'click-step',
    settings: {
      ...{ batch: 1024, batches: 4, categories: 26, codes: 1000, numbers: 13 },
      ...{ width: 16, hidden: '400 400 400', dropout: 0.2, learningRate: 1e-3 },
    },
    peers: torch,
    unit: 'ms a step',
    turn: 5,
    checkedWith: { dropout: 0 },
  },
  {
    name: 'clicks',
    group: 'recommendation',
    title:
      'whole trainings of FM, Wide & Deep and DeepFM on the ratings of MovieLens-100K as clicks; checked is the area under the ROC curve of the test',
    kind: 'click-training',
    settings: {
      models: 'fm wide-and-deep deepfm',
      fields: 'user item year age gender occupation zip_code categories',
      ...{ width: 16, hidden: '64 32', dropout: 0.2, learningRate: 1e-3 },
      ...{ batch: 1024, maxEpochs: 30, patience: 3, clipNorm: 5 },
    },
    peers: ['pytorch'],
    unit: 'ms',
    turn: 1,
    checkedOnly: true,
    // Batches and dropout are drawn by each side for itself: .005 of .7.
    tolerance: { first: 7e-3, largest: 7e-3 },
  },
];

/** Names of the groups, in the order of the catalogue. */
export const groups: readonly string[] = [...new Set(catalogue.map(({ group }) => group))];
