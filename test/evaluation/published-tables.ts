import type { ClaimedTable } from '../../lib/evaluation/claim-check';

const cells = (text: string): (string | null)[] =>
  text.split(' ').map((cell) => (cell === '-' ? null : cell));
const rows = (models: Readonly<Record<string, string>>) =>
  Object.entries(models).map(([model, text]) => ({ model, cells: cells(text) }));

const beauty = 'Beauty 5-core, 22,363 users, leave-one-out test';
const ml1m = 'MovieLens-1M, leave-one-out test';

/** Tables as their authors printed them, with one right item a user. */
export const publishedTables: readonly ClaimedTable[] = [
  {
    // Zhou et al., "S3-Rec: Self-Supervised Learning for Sequential Recommendation with Mutual Information Maximization", CIKM 2020
    name: 'S3-Rec, Beauty',
    columns: ['HR@5', 'NDCG@5', 'HR@10', 'NDCG@10', 'HR@20', 'NDCG@20'],
    targets: 'one',
    protocol: beauty,
    candidates: 'full',
    rows: rows({
      PopRec: '.0080 .0044 .0152 .0068 .0217 .0084',
      GRU4Rec: '.0164 .0099 .0283 .0137 .0479 .0187',
      Caser: '.0205 .0131 .0347 .0176 .0556 .0229',
      SASRec: '.0387 .0249 .0605 .0318 .0902 .0394',
      BERT4Rec: '.0203 .0124 .0347 .0170 .0599 .0233',
      'S3-Rec': '.0387 .0244 .0647 .0327 .0994 .0414',
    }),
  },
  {
    // README of ICLRec, Chen et al., "Intent Contrastive Learning for Sequential Recommendation", WWW 2022
    name: 'ICLRec, Beauty',
    columns: ['HR@5', 'NDCG@5', 'HR@10', 'NDCG@10', 'HR@20', 'NDCG@20'],
    targets: 'one',
    protocol: beauty,
    candidates: 'full',
    rows: rows({ ICLRec: '.0500 .0326 .0744 .0403 .1058 .0483' }),
  },
  {
    // https://github.com/RuihongQiu/DuoRec/issues/3
    name: 'SASRec with cross-entropy in the code of DuoRec, Beauty',
    columns: ['R@5', 'R@10', 'R@20', 'N@5', 'N@10', 'N@20'],
    targets: 'one',
    protocol: beauty,
    candidates: 'full',
    rows: rows({ 'SASRec, cross-entropy': '.0555 .0830 .1191 .0326 .0415 .0506' }),
  },
  {
    // https://github.com/blondered/transformer_benchmark
    name: 'transformer_benchmark, Beauty',
    columns: ['HR@10', 'NDCG@10'],
    targets: 'one',
    protocol: beauty,
    candidates: 'full',
    rows: rows({ CL4SRec: '.0681 .0299', DuoRec: '.0845 .0443', 'SASRec, sampled softmax': '.0921 .0531' }),
  },
  {
    // README of S3-Rec, its cut of Last.fm
    name: 'S3-Rec, Last.fm',
    columns: ['HR@10', 'NDCG@10'],
    targets: 'one',
    candidates: 'full',
    rows: rows({ PopRec: '.0440 .0203', SASRec: '.0688 .0390', 'S3-Rec': '.0743 .0427' }),
  },
  ...[
    ['MovieLens-1M', '.2843 .1537', '.2500 .1341', '.3152 .1821', '.3159 .1857'],
    ['MovieLens-20M', '.2816 .1703', '.2001 .1067', '.2983 .1833', '.3090 .1872'],
    ['Beauty', '.0338 .0187', '.0246 .0126', '.0533 .0327', '.0490 .0295'],
  ].map(([data, bert, one, all, many]): ClaimedTable => ({
    // Klenitskiy & Vasilev, "Turning Dross Into Gold Loss: is BERT4Rec really better than SASRec?", RecSys 2023
    name: `Klenitskiy & Vasilev, ${data!}`,
    columns: ['HR@10', 'NDCG@10'],
    targets: 'one',
    protocol: data === 'MovieLens-1M' ? ml1m : `${data!}, cut of BERT4Rec`,
    candidates: 'full',
    rows: rows({
      BERT4Rec: bert!,
      'SASRec, 1 negative': one!,
      'SASRec+, cross-entropy': all!,
      'SASRec+, 3000 negatives': many!,
    }),
  })),
  {
    // Petrov & Macdonald, "gSASRec: Reducing Overconfidence in Sequential Recommendation Trained with Negative Sampling", RecSys 2023
    name: 'gSASRec, MovieLens-1M',
    columns: ['R@10', 'NDCG@10'],
    targets: 'one',
    protocol: ml1m,
    candidates: 'full',
    rows: rows({ gSASRec: '.3003 .1726', 'SASRec of gSASRec': '.2392 .1259' }),
  },
];

/** One model under three protocols: README of bert4rec_repro, Petrov & Macdonald, RecSys 2022. */
export const threeProtocols: ClaimedTable = {
  name: 'bert4rec_repro, MovieLens-1M',
  columns: ['R@10', 'NDCG@10'],
  targets: 'one',
  protocol: ml1m,
  rows: [
    { model: 'BERT4Rec', cells: ['.2821', '.1516'], candidates: 'full' },
    { model: 'BERT4Rec', cells: ['.8039', '.6008'], candidates: 'uniform-100' },
    { model: 'BERT4Rec', cells: ['.6975', '.4751'], candidates: 'popularity-100' },
  ],
};

/** Several right items a user: README of RecBole-GNN, Last.fm. */
export const severalTargets: ClaimedTable = {
  name: 'RecBole-GNN, Last.fm',
  columns: ['R@10', 'NDCG@10'],
  targets: 'many',
  candidates: 'full',
  rows: rows({
    BPR: '.1761 .1674',
    LightGCN: '.2064 .1972',
    DiffNet: '.1757 .1694',
    MHCN: '.2123 .2068',
  }),
};
